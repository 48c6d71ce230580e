"""Tokens by client credentials, as the guide's server of the kind Keycloak grants and refuses them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from accredit import Answer, Call

from .clients import Client, Clients
from .refusals import bad_token, token_error
from .world import World

FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
_NOT_STORED = {"cache-control": "no-store", "pragma": "no-cache"}
_FEW_READS = 5


@dataclass
class Token:
    """`ends_at`: UTC; from then on it is refused. `refreshable`: it came with a refresh token."""

    client: Client
    ends_at: datetime
    refreshable: bool = False
    reads: int = 0


class Tokens:
    """Grants tokens, and knows which are still good. `style` is how refusals are worded: `401_new` or `400_old`."""

    def __init__(self, world: World, clients: Clients) -> None:
        self._world, self._clients = world, clients
        self._granted: dict[str, Token] = {}
        self.style = str(world.setting("token.errorStyle"))
        self.offers_refresh = False

    def grant(self, call: Call) -> Answer:
        """The token call (public:KC-TE, public:KC-CS)."""
        if not call.headers.get("content-type", "").lower().startswith(FORM):
            return Answer(415)
        form = parse_qs(call.body.decode(errors="replace"), keep_blank_values=True)
        if (refused := self._wrong_form(form)) is not None:
            return refused
        client = self._client(form, call.environment)
        if isinstance(client, Answer):
            return client
        if self.offers_refresh and self._was_offered(client) and self._world.wrong("refresh_is_compulsory"):
            return token_error(400, "invalid_grant", "Refresh token required")
        return self._granted_to(client)

    def shown(self, call: Call, unknown_pass: str) -> Client | Answer:
        """Whose good token the call shows, else its refusal. `unknown_pass`: the defect by which any token will do."""
        scheme, _, value = call.headers.get("authorization", "").partition(" ")
        token = self._granted.get(value) if scheme.lower() == "bearer" else None
        if token is None:
            known = bool(value) and self._world.wrong(unknown_pass)
            return self._clients.own(call.environment) if known else bad_token(self._world)
        ended = self._world.now() >= token.ends_at and not self._world.wrong("token_outlives_its_lifetime")
        token.reads += call.operation == "getBalance"
        worn = token.reads > _FEW_READS and self._world.wrong("token_opens_five_balances")
        if ended or worn or token.client.environment != call.environment:
            return bad_token(self._world)
        return token.client

    def anybody(self, environment: str) -> Client:
        """Whom a call without a token is taken for, where a defect lets it in."""
        return self._clients.own(environment)

    def revoke(self) -> None:
        """Every token so far is worthless."""
        self._granted.clear()

    # --- who asks ---

    def _wrong_form(self, form: dict[str, list[str]]) -> Answer | None:
        grants = form.get("grant_type", [])
        if not grants:
            return token_error(400, "invalid_request", "Missing form parameter: grant_type")
        if grants[0] != GRANT:
            return token_error(400, "unsupported_grant_type", "Unsupported grant_type")
        if any(len(values) > 1 for values in form.values()):
            return token_error(400, "invalid_request", "duplicated parameter")
        return None

    def _client(self, form: dict[str, list[str]], environment: str) -> Client | Answer:
        [id_] = form.get("client_id", [""])
        if not id_:
            return token_error(400, "invalid_client", "Missing client_id parameter")
        client = self._clients.named(id_, environment)
        if client is None and self._world.wrong("grants_to_unknown_clients"):
            return self._clients.own(environment)
        if client is None or not (client.is_enabled or self._world.wrong("grants_to_disabled_clients")):
            return self._refused("invalid_client", "Invalid client credentials")
        return self._secret_refused(form.get("client_secret", []), client) or client

    def _secret_refused(self, secrets: Sequence[str], client: Client) -> Answer | None:
        if not secrets:
            return self._refused("unauthorized_client", "Client secret not provided in request")
        if secrets[0] != client.secret and not self._world.wrong("grants_to_a_wrong_secret"):
            return self._refused("unauthorized_client", "Invalid client secret")
        return None

    def _refused(self, error: str, old_words: str) -> Answer:
        """Both generations' form: the old one has one error and status for all of these, and a text for each."""
        if self.style == "400_old":
            return token_error(400, "unauthorized_client", old_words)
        return token_error(401, error, "Invalid client or Invalid client credentials")

    # --- what is granted ---

    def _was_offered(self, client: Client) -> bool:
        return any(token.client is client and token.refreshable for token in self._granted.values())

    def _granted_to(self, client: Client) -> Answer:
        seconds = int(self._world.setting("token.lifetimeSeconds"))
        value = self._world.canaries.mark("access_token", self._world.random.randbytes(24).hex())
        self._granted[value] = Token(client, self._world.now() + timedelta(seconds=seconds), self.offers_refresh)
        told: dict[str, object] = {
            "access_token": value,
            "expires_in": seconds,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
        }
        told |= {name: self._extra(name) for name in self._world.setting("token.extraFields")}
        if self.offers_refresh:
            refresh = self._world.canaries.mark("refresh_token", self._world.random.randbytes(24).hex())
            told |= {"refresh_token": refresh, "refresh_expires_in": seconds}
            told["x-not-documented"] = {"any": ["thing"]}
        if self._world.wrong("token_without_lifetime"):
            del told["expires_in"]
        granted = Answer.of_json(200, told)
        return Answer(granted.status, granted.body, {**granted.headers, **_NOT_STORED})

    def _extra(self, name: str) -> str:
        return " ".join(self._world.setting("token.requiredScopes")) if name == "scope" else "of no meaning"
