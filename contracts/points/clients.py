"""The partner's clients, one for each environment: credentials, scope, and the public keys that ABC has taken."""

from dataclasses import dataclass, field

from accredit import RsaKey

from .world import World

ENVIRONMENTS = ("certification", "production")
OTHER = "client-other"
_KEYS: dict[str, RsaKey] = {}


@dataclass
class Client:
    """One client.

    Attributes:
        is_enabled: False once ABC has disabled it; it is then granted no token.
        has_scope: True while its tokens carry the scope that points need.
        keys: Public keys by key id.
        signs: True once a signature of it held; nothing else tells the simulator that ABC has enabled signing.
    """

    id: str
    secret: str
    environment: str
    is_enabled: bool = True
    has_scope: bool = True
    keys: dict[str, RsaKey] = field(default_factory=dict)
    signs: bool = False


class Clients:
    """The partner's own clients, and in staging one of somebody else's, whose key is known as well."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own = {name: self._new(f"client-{name}", name) for name in ENVIRONMENTS}
        self._other = self._new(OTHER, ENVIRONMENTS[0])

    def own(self, environment: str) -> Client:
        return self._own[environment]

    def named(self, id_: str, environment: str) -> Client | None:
        """The client of that id in that environment; None when there is none."""
        return next(
            (c for c in (*self._own.values(), self._other) if (c.id, c.environment) == (id_, environment)), None
        )

    def owner_of(self, key_id: str, environment: str) -> Client | None:
        """Whose key that is."""
        return next(
            (c for c in (*self._own.values(), self._other) if c.environment == environment and key_id in c.keys), None
        )

    def access(self, environment: str) -> dict[str, str]:
        """The secrets of that environment by their names in `provider.toml`."""
        client = self._own[environment]
        key_id = key_id_of(client)
        return {
            "client_id": client.id,
            "client_secret": client.secret,
            "signing_key": private_key(key_id).private_pem().decode(),
            "signing_key_id": key_id,
        }

    def others_key(self) -> tuple[str, str]:
        """Key id and private PEM of the other client's key."""
        key_id = key_id_of(self._other)
        return key_id, private_key(key_id).private_pem().decode()

    def add_key(self) -> tuple[str, str]:
        """Registers one more key of the partner's in staging; key id and private PEM. Where one key is all, it replaces."""
        client = self._own[ENVIRONMENTS[0]]
        key_id = f"{client.id}-key-{len(client.keys) + 1}"
        if self._world.setting("signature.keys") == "one":
            client.keys.clear()
        client.keys[key_id] = _public(key_id)
        return key_id, private_key(key_id).private_pem().decode()

    def withdraw_key(self, key_id: str) -> None:
        """That key counts no longer."""
        if not self._world.wrong("withdrawn_key_still_counts"):
            self._own[ENVIRONMENTS[0]].keys.pop(key_id, None)

    def _new(self, id_: str, environment: str) -> Client:
        client = Client(id_, self._world.random.randbytes(16).hex(), environment)
        client.keys[key_id_of(client)] = _public(key_id_of(client))
        return client


def key_id_of(client: Client) -> str:
    """The id of a client's first key: `client-certification-key-1`."""
    return f"{client.id}-key-1"


def private_key(key_id: str) -> RsaKey:
    """The same for as long as the process lives: making one takes longer than a whole scenario."""
    if key_id not in _KEYS:
        _KEYS[key_id] = RsaKey.generate()
    return _KEYS[key_id]


def _public(key_id: str) -> RsaKey:
    return RsaKey.from_pem(private_key(key_id).public_pem())
