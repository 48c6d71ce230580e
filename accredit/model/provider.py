"""What a provider is: environments, authentication, limits and settings, each fact with its provenance."""

from dataclasses import dataclass, field
from typing import Any, Literal

from accredit.model.reading import Strict

Provenance = Literal["seed", "public", "inferred"]


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
        required_headers: Must be on every request with exactly this value.
        forbidden_headers: Must be on no request.
        not_under: Path prefixes that belong to another environment.
    """

    label: str
    base_url: str
    required_headers: dict[str, str] = field(default_factory=dict)
    forbidden_headers: tuple[str, ...] = ()
    not_under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth(Fact):
    """How a token is asked for (OAuth 2.0 client credentials) and how a business call shows it.

    Attributes:
        operation: operationId of the token call.
        secrets: Names of what the partner was given; `accredit.toml` names an environment variable for each.
        basic: The two secrets that HTTP Basic joins on the token call.
        grant: Form body of the token call.
        headers: Header name → secret name, on every request.
        token_header: Where a business call carries the token, after `token_prefix`.
        token_field: JSON field of the token answer.
        lifetime_seconds: When the answer names no lifetime of its own.
        renew_before_seconds: How long before its end a token is replaced.
    """

    operation: str
    secrets: tuple[str, ...]
    basic: tuple[str, str]
    grant: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)
    token_header: str
    token_prefix: str = ""
    token_field: str = "access_token"
    lifetime_seconds: int
    renew_before_seconds: int


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
    anywhere; a dotted path matches the tail of a path. `shortened` values keep their first four characters."""

    personal: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    shortened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Strict):
    """A fact nobody published. `unknown` names the open question; `options` lists what the simulator can enact."""

    value: Any
    why: str
    provenance: Provenance = "inferred"
    source: str = ""
    unknown: str = ""
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(Strict):
    """A loyalty programme whose API is integrated with. Exists when `contracts/<name>/provider.toml` does."""

    name: str
    title: str
    about: str
    contract: str
    chapter: tuple[Chapter, ...]
    environments: dict[Literal["certification", "production"], Environment]
    auth: Auth
    retry: Retry
    polling: Polling | None = None
    edge: Edge | None = None
    pace: Pace
    masking: Masking
    settings: dict[str, Setting] = field(default_factory=dict)

    def facts_of(self, environment: str) -> Environment:
        """The environment's facts. The simulator enacts certification, so it has certification's."""
        return self.environments["production" if environment == "production" else "certification"]
