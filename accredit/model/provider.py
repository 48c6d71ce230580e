"""What a provider is: environments, authentication, limits and settings, each fact with its provenance."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from accredit.model.reading import Strict

Provenance = Literal["seed", "public", "inferred"]


_CODE = re.compile(r"\b(?:seed(?::\d+)?|public:[A-Z0-9-]+)")
"""How a source names a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Strict):
    """Where a table of `provider.toml` comes from. `inferred` facts say why they are believed."""

    source: str
    provenance: Provenance
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter(Strict):
    """A part of the register, as the provider's reviewer knows it: `LP-AUTH`, "Authentication and transport"."""

    prefix: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Fact):
    """One of the provider's environments, and what the guard demands of every request to it.

    Attributes:
        label: The provider's own word for it.
        base_url: `https://host[/prefix]`, without a slash at the end.
        base_urls: Base URLs of services that live elsewhere. A service is one contract document, called by its stem.
        stand_in: True when nobody published the host names: these only stand in until the partner names theirs.
        required_headers: Must be on every request with exactly this value.
        forbidden_headers: Must be on no request.
        not_under: Path prefixes that belong to another environment.
    """

    label: str
    base_url: str
    base_urls: dict[str, str] = field(default_factory=dict)
    stand_in: bool = False
    required_headers: dict[str, str] = field(default_factory=dict)
    forbidden_headers: tuple[str, ...] = ()
    not_under: tuple[str, ...] = ()

    def services_by_url(self, services: Iterable[str], named: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Base URL → the services that live there.

        Args:
            named: Base URLs by service that the partner named in place of these.
        """
        found: dict[str, tuple[str, ...]] = {}
        for service in services:
            url = named.get(service) or self.base_urls.get(service, self.base_url)
            found[url] = (*found.get(url, ()), service)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth(Fact):
    """How a token is asked for (OAuth 2.0 client credentials) and how a business call shows it.

    Attributes:
        operation: operationId of the token call.
        secrets: Names of what the partner was given; `accredit.toml` names an environment variable for each.
        basic: The two secrets that HTTP Basic joins on the token call, where it asks for that.
        grant: Form body of the token call.
        grant_secrets: More of that form: field → secret name.
        grant_settings: More of that form: field → setting.
        headers: Header name → secret name, on every request.
        scheme: The contract's security scheme that this token is for; empty when there is one token for everything.
        token_header: Where a business call carries the token, after `token_prefix`.
        token_field: JSON field of the token answer.
        lifetime_seconds: When the answer names no lifetime of its own.
        renew_before_seconds: How long before its end a token is replaced.
    """

    operation: str
    secrets: tuple[str, ...]
    basic: tuple[str, ...] = ()
    grant: dict[str, str]
    grant_secrets: dict[str, str] = field(default_factory=dict)
    grant_settings: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    scheme: str = ""
    token_header: str
    token_prefix: str = ""
    token_field: str = "access_token"
    lifetime_seconds: int
    renew_before_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing(Fact):
    """How a request is signed, `accredit.model.signatures`, by partners that claim the capability `signing`.

    Attributes:
        key: Name of the secret that holds the private RSA key, as PEM.
        key_id: Name of the secret that tells the provider which key it is.
    """

    key: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry(Fact):
    """When a call is sent again, byte for byte: statuses, how often in all, first wait in seconds (then doubled)."""

    on: tuple[int, ...]
    attempts: int
    first_wait_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling(Fact):
    """The provider's floor for asking again: seconds after the request, then every `then_every`, until `give_up_after`."""

    waits: tuple[int, ...]
    then_every: int
    give_up_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge(Fact):
    """How a denial by the firewall in front of the API is told: a text it always holds, and a pattern of its reference."""

    marker: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace(Fact):
    """How many requests a second leave for a real endpoint."""

    requests_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking(Fact):
    """What must never be written down. A name matches a JSON property, form field, query parameter or header of that name
    anywhere; a dotted path matches the tail of a path, one that begins with a dot the whole path. `shortened` values keep their
    first four characters."""

    personal: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    shortened: tuple[str, ...] = ()

    def under(self, settings: Mapping[str, "Setting"], chosen: Mapping[str, Any]) -> "Masking":
        """With the names that a partner's settings give to declared fields: what is called `who` instead of `name` is as personal."""
        renamed = {
            (name, chosen[setting].get(what))
            for setting, default in settings.items()
            if isinstance(default.value, Mapping) and isinstance(chosen.get(setting), Mapping)
            for what, name in default.value.items()
        }
        return replace(self, personal=_with_renamed(self.personal, renamed), secret=_with_renamed(self.secret, renamed))


def _with_renamed(names: tuple[str, ...], renamed: Collection[tuple[Any, Any]]) -> tuple[str, ...]:
    new = {f"{head}{dot}{to}" for head, dot, last in (name.rpartition(".") for name in names)
           for name, to in renamed if name == last and isinstance(to, str)}  # fmt: skip
    return (*names, *sorted(new - set(names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Strict):
    """A fact nobody published. `unknown` names the open question, and is empty where the choice is ours alone; `options` lists what the
    simulator can enact."""

    value: Any
    why: str
    provenance: Provenance = "inferred"
    source: str = ""
    unknown: str = ""
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Strict):
    """How a read-only operation tells, before a run, that somebody or something of `accredit.toml`'s roles is there.

    Attributes:
        kind: Of roles: `members`.
        needs: Capability without which it cannot be asked.
        claimed: Capabilities; the first that the partner claims stands at `{claimed}`, without what comes before its colon.
        asks: Requests by what a role may hold, the best first; each may have `path`, `query`, `headers` and `json`. The first whose
            places can all be filled is sent.
        there, missing: Statuses, or names of settings that hold one; empty when no status tells.
        absent: Roles that nobody is to be found for. They are not asked about.
        most: Roles that are asked about.
    """

    kind: str
    operation: str
    needs: str = ""
    claimed: tuple[str, ...] = ()
    asks: tuple[dict[str, dict[str, Any]], ...]
    there: tuple[int | str, ...] = ()
    missing: tuple[int | str, ...] = ()
    absent: tuple[str, ...] = ()
    most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight(Fact):
    """What of this provider can be found out before a run, by reading alone.

    Attributes:
        lookups: In their order. Nothing that writes may be among them.
        untold: Kind of roles → why no operation tells whether they are there.
        apart: How certification and production can be told from each other, if anybody published it; for people.
        own_credentials: Whether each environment has credentials of its own.
        clock: Setting: seconds by which the clocks may differ.
        signed_ahead, signed_behind: Settings that bound the signer's clock, for partners that sign.
    """

    lookups: tuple[Lookup, ...] = ()
    untold: dict[str, str] = field(default_factory=dict)
    apart: str = ""
    own_credentials: bool = False
    clock: str
    signed_ahead: str = ""
    signed_behind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(Strict):
    """A loyalty programme whose API is integrated with. Exists when `contracts/<name>/provider.toml` does.

    Attributes:
        contracts: File names of the OpenAPI documents, one a service.
        capabilities: Everything that a partner may claim.
        sources: What each code of a source stands for: `public:QS`.
    """

    name: str
    title: str
    about: str
    contracts: tuple[str, ...] = ("openapi.yaml",)
    capabilities: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    chapter: tuple[Chapter, ...]
    environments: dict[Literal["certification", "production"], Environment]
    auth: Auth
    signing: Signing | None = None
    retry: Retry
    polling: Polling | None = None
    edge: Edge | None = None
    pace: Pace
    masking: Masking
    preflight: Preflight | None = None
    settings: dict[str, Setting] = field(default_factory=dict)

    @property
    def services(self) -> tuple[str, ...]:
        """The stems of the contract documents."""
        return tuple(name.rpartition("/")[2].partition(".")[0] for name in self.contracts)

    def sourced(self, source: str) -> str:
        """A source in words: `Quick Start, portal.example (public:QS), inferred`; codes that nobody explained stay as they are."""
        return _CODE.sub(
            lambda code: f"{self.sources[code[0]]} ({code[0]})" if code[0] in self.sources else code[0], source
        )

    def secrets_for(self, capabilities: Collection[str]) -> tuple[str, ...]:
        """Names of what the provider gives a partner of these capabilities."""
        signs = self.signing is not None and "signing" in capabilities
        return (*self.auth.secrets, *((self.signing.key, self.signing.key_id) if self.signing and signs else ()))

    def facts_of(self, environment: str) -> Environment:
        """The environment's facts. The simulator enacts certification, so it has certification's."""
        return self.environments["production" if environment == "production" else "certification"]
