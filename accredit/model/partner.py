"""What a partner tells us in `accredit.toml`: who they are, what they claim, which test data may be used. No secrets."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from accredit.model.errors import UsageError
from accredit.model.provider import Provider
from accredit.model.reading import Strict, read

_HIGHEST_PORT = 65535
_ENVIRONMENT_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAccess(Strict):
    """Where the provider calls back.

    Attributes:
        listen: Where we listen: loopback only, port 0 for any free one. What is open to the provider is the operator's to arrange.
        public_url: What the provider is told, when it differs from where we listen.
        certificate: PEM file with private key and certificate; empty for one of the run's own authority.
    """

    listen: str = "127.0.0.1:0"
    public_url: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Strict):
    """What the partner was given for one environment.

    Attributes:
        secrets: Secret name → name of the environment variable that holds it.
        base_urls: Service → base URL, where the provider published no host names.
        roles: Kind (`members`, `products`, …) → role → what plays it.
        callbacks: Where the provider calls back; None when it cannot.
        connect_to: `127.0.0.1:8443`: connect there in place of the provider's host. Loopback only, for rehearsals.
        ca_file: Trust this certificate authority. Only together with `connect_to`.
        time_origin: With `time_scale`: the moment from which on it does, so that both sides' clocks agree.
        time_scale: With `connect_to` only: how much faster than real time the rehearsal runs.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    base_urls: dict[str, str] = field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    callbacks: CallbackAccess | None = None
    connect_to: str = ""
    ca_file: str = ""
    time_scale: float = 1
    time_origin: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFacts(Strict):
    """One partner's facts for one provider.

    Attributes:
        contract: Digest of the contract that the partner has accepted, as `accredit preflight` tells it; empty when none is pinned.
    """

    partner_id: str = ""
    contract: str = ""
    capabilities: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    simulator: Access = field(default_factory=Access)
    certification: Access = field(default_factory=Access)
    production: Access = field(default_factory=Access)

    def access(self, environment: str) -> Access:
        """What the partner was given for that environment."""
        given: Access = getattr(self, environment)
        return given


def partner_from(data: Mapping[str, Any], provider: Provider, where: str) -> PartnerFacts:
    """The partner's facts from the provider's table of `accredit.toml`.

    Raises:
        UsageError: an unknown key, setting or secret; a secret in place of a variable's name; `connect_to` misused.
    """
    partner = read(PartnerFacts, data, where)
    if strange := [name for name in partner.capabilities if name not in provider.capabilities]:
        raise UsageError(
            f"{where}: {', '.join(strange)}: no such capability of {provider.title}; {instead(strange[0], provider.capabilities)}"
        )
    for name, value in partner.settings.items():
        _check_setting(name, value, provider, where)
    for environment in ("simulator", "certification", "production"):
        _check(partner.access(environment), provider, f"{where}, {environment}")
        _check_urls(partner.access(environment), provider, environment, f"{where}, {environment}")
    tested, live = ({_normal(url) for url in a.base_urls.values()} for a in (partner.certification, partner.production))
    if shared := tested & live:
        raise UsageError(
            f"{where}: {', '.join(sorted(shared))} is named for certification and for production; they must differ."
        )
    return partner


def _check_setting(name: str, value: Any, provider: Provider, where: str) -> None:
    if name not in provider.settings:
        raise UsageError(f"{where}: {name!r} is no setting of {provider.title}; {instead(name, provider.settings)} A name with a dot in it "
                         "stands in quotes.")  # fmt: skip
    setting = provider.settings[name]
    if setting.options:
        if value not in setting.options:
            raise UsageError(f"{where}: {name} is {value!r}; it may be {', '.join(map(repr, setting.options))}.")
        return
    kind, given = type(setting.value), type(value)
    if given is not kind and {kind, given} != {int, float}:
        raise UsageError(f"{where}: {name} is {value!r}; it must be of the kind of {setting.value!r}.")


def instead(name: str, known: Collection[str]) -> str:
    """What was probably meant, else everything there is."""
    close = get_close_matches(name, known, 3)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known) or 'none'}."


def _check_urls(access: Access, provider: Provider, environment: str, where: str) -> None:
    for service, url in access.base_urls.items():
        if environment == "simulator" or not provider.facts_of(environment).stand_in:
            raise UsageError(f"{where}: base_urls are for hosts that {provider.title} did not publish; remove them.")
        if service not in provider.services:
            raise UsageError(
                f"{where}: {service!r} is no service of {provider.title}; it has {', '.join(provider.services)}."
            )
        if not _is_base_url(url):
            raise UsageError(
                f"{where}: base_urls.{service} is {url!r}; it must be https://host or https://host/path, in lower case, no slash at its end."
            )


def _check(access: Access, provider: Provider, where: str) -> None:
    known = provider.secrets_for(("signing",))
    for name, variable in access.secrets.items():
        if name not in known:
            raise UsageError(f"{where}: {name!r} is no secret of {provider.title}; it has {', '.join(known)}.")
        if not _ENVIRONMENT_VARIABLE.fullmatch(variable):
            raise UsageError(f"{where}: secrets.{name} must be the name of an environment variable, such as "
                             f"{provider.name.upper()}_{name.upper()}, never the secret itself.")  # fmt: skip
    if access.callbacks and not _is_loopback(access.callbacks.listen):
        raise UsageError(
            f"{where}: callbacks.listen is {access.callbacks.listen!r}; only 127.0.0.1:PORT or localhost:PORT are allowed."
        )
    if access.callbacks and access.callbacks.public_url and not _is_base_url(access.callbacks.public_url):
        raise UsageError(f"{where}: callbacks.public_url must be https://host or https://host/path, in lower case, without user, "
                         "query or slash at its end.")  # fmt: skip
    if (access.ca_file or access.time_scale != 1 or access.time_origin) and not access.connect_to:
        raise UsageError(
            f"{where}: ca_file, time_scale and time_origin are for rehearsals with connect_to; remove them."
        )
    if access.time_origin and access.time_origin.tzinfo is None:
        raise UsageError(f"{where}: time_origin has no offset; write it as 2026-11-21T12:00:00Z.")
    if access.connect_to and not _is_loopback(access.connect_to):
        raise UsageError(
            f"{where}: connect_to is {access.connect_to!r}; only 127.0.0.1:PORT or localhost:PORT are allowed."
        )


def _is_base_url(url: str) -> bool:
    return re.fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?(/[^?#@]*[^/?#@])?", url) is not None


def _normal(url: str) -> str:
    return re.sub(r":443(?=/|$)", "", url)


def _is_loopback(address: str) -> bool:
    found = re.fullmatch(r"(127\.0\.0\.1|localhost):(\d{1,5})", address)
    return found is not None and int(found[2]) <= _HIGHEST_PORT
