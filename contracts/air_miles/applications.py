"""The partner's applications at the identity provider: what AIR MILES registered when it issued each client id."""

from dataclasses import dataclass
from random import Random

WEB, NATIVE = "web", "native"


@dataclass(frozen=True)
class Application:
    """One client.

    Attributes:
        kind: `web` holds a secret, and its back end may ask for tokens of its own; `native`, a mobile or single-page
            application, can hold none and proves itself by PKCE (public:TYPE).
        redirect_uri: The one callback that was registered (public:TOKEN).
    """

    kind: str
    client_id: str
    secret: str
    redirect_uri: str


class Applications:
    """Those of one environment. No two environments share a client id or a secret."""

    def __init__(self, environment: str, chance: Random) -> None:
        at = "partner.example.test" if environment == "production" else f"{environment}.partner.example.test"
        self.web = Application(WEB, _drawn(chance), _drawn(chance), f"https://{at}/airmiles/callback")
        self.native = Application(NATIVE, _drawn(chance), "", f"https://{at}/app/callback")

    def get(self, client_id: str) -> Application | None:
        return next((one for one in (self.web, self.native) if one.client_id == client_id), None)

    def registration(self) -> dict[str, dict[str, str]]:
        """`{"web": {"client_id": …, "redirect_uri": …}, "native": …}`: what is no secret."""
        return {
            one.kind: {"client_id": one.client_id, "redirect_uri": one.redirect_uri} for one in (self.web, self.native)
        }


def _drawn(chance: Random) -> str:
    return chance.randbytes(16).hex()
