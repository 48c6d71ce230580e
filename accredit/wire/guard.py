"""Decides whether a request may leave. Sits under everything that makes requests, so nothing above it can get past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, unquote, urlsplit

from accredit.model.contract import Contract, Operation
from accredit.model.errors import Refused
from accredit.model.provider import Environment
from accredit.model.spending import Charge
from accredit.model.writes import Sending
from accredit.wire.allowance import Allowance

_OVERRIDES = frozenset({
    "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url", "x-forwarded-host",
    "transfer-encoding", "upgrade", "expect",
})  # fmt: skip
"""Headers by which a server may take a request for another one than it looks like, and that nothing of ours needs."""


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: a base URL, the facts of the provider's environment behind it, and the services found there (empty: all)."""

    environment: str
    base_url: str
    facts: Environment
    services: tuple[str, ...] = ()

    def leads_to(self, service: str) -> bool:
        return not self.services or service in self.services


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may leave.

    Attributes:
        operation: Of the contract; None for what belongs to none, which goes to a simulator only.
        charge: What it takes of the budget, for a write to production: still to be counted when it leaves.
    """

    door: Door
    operation: Operation | None
    charge: Charge | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """What may leave in one run.

    Attributes:
        environment: The run's environment: `simulator`, `certification` or `production`.
        doors: Where requests may go: one for each base URL. A simulator's run has those of both environments.
        allowance: What may be written to production; None when only what reads may leave.
    """

    environment: str
    doors: tuple[Door, ...]
    contract: Contract
    allowance: Allowance | None = None

    def admit(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes = b"", *, generated: bool = False
    ) -> Admission:
        """The door, operation and charge of a request that may leave.

        Raises:
            Refused: it may not. Says which rule, and what the rule wants, and no value of the request's.
        """
        door, path = self._door(url)
        operation = self.contract.find(method, path, door.services)
        if self.environment != "simulator":
            _check_host(url, headers)
            self._check_headers(door, {name.lower(): value for name, value in headers})
            if operation is None:
                raise Refused(f"{method} of this path is no operation of the contract; only its operations leave.")
        if self.environment != "production":
            return Admission(door, operation)
        assert operation is not None
        _check_production(method, headers, generated)
        if operation.effect != "writes":
            return Admission(door, operation)
        if self.allowance is None:
            raise Refused(
                f"{operation.id} moves points or creates something; without a budget only operations that read go to production."
            )
        sending = Sending(operation.id, method, url, _parameters(operation, path), _is_plain(url), headers, body)
        return Admission(door, operation, self.allowance.charge(sending))

    def _door(self, url: str) -> tuple[Door, str]:
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise Refused(f"{parts.scheme}://{_host(url)}: only https leaves; correct the base URL.")
        path = _plain(parts.path)
        below = [door for door in self.doors if _is_below(parts.netloc, path, door.base_url)]
        if below:
            # The longest base path wins: /sandbox is also below /.
            door = max(below, key=lambda d: len(d.base_url))
            _check_prefix(door, path)
            return door, path[len(_split(door.base_url).path) :]
        wanted = " or ".join(door.base_url for door in self.doors)
        raise Refused(f"{_host(url)} or this path of it is not {self.environment}; there only {wanted} may be reached.")

    def _check_headers(self, door: Door, headers: Mapping[str, str]) -> None:
        for name, value in door.facts.required_headers.items():
            if headers.get(name.lower()) != value:
                got = "says otherwise" if name.lower() in headers else "has none"
                raise Refused(f"{door.facts.label} wants the header {name}: {value} on every request; this one {got}.")
        for name in door.facts.forbidden_headers:
            if name.lower() in headers:
                raise Refused(f"{door.facts.label} must never see the header {name}; this request has it.")


@cache
def _split(url: str) -> SplitResult:
    return urlsplit(url)


def _is_below(netloc: str, path: str, base_url: str) -> bool:
    base = _split(base_url)
    return netloc == base.netloc and (path == base.path or path.startswith(f"{base.path}/"))


def _check_prefix(door: Door, path: str) -> None:
    for prefix in door.facts.not_under:
        if path == prefix or path.startswith(f"{prefix}/"):
            raise Refused(f"its path lies under {prefix}, which is not {door.facts.label}.")


def _plain(path: str) -> str:
    """The path as a server may read it; one that could be read in two ways goes nowhere."""
    plain = unquote(path)
    if ".." in plain.split("/") or "//" in plain or "\\" in plain:
        raise Refused("its path can be read in two ways; write it plainly.")
    return plain


def _check_host(url: str, headers: Sequence[tuple[str, str]]) -> None:
    """A server that has several hosts goes by this header, not by where we connected to."""
    told = {value for name, value in headers if name.lower() == "host"}
    if told - {urlsplit(url).netloc}:
        raise Refused(f"the header host says otherwise than the URL, {_host(url)}; they must agree.")


def _host(url: str) -> str:
    """Host and port; who would log in there is nobody's to read."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _check_production(method: str, headers: Sequence[tuple[str, str]], generated: bool) -> None:
    if generated:
        raise Refused("generated requests never go to production.")
    if method != method.upper():
        raise Refused(f"{method}: methods are written in capital letters.")
    if odd := sorted(_OVERRIDES & {name.lower() for name, _ in headers}):
        raise Refused(f"the header {', '.join(odd)} may make another request of this one; production never sees it.")


def _is_plain(url: str) -> bool:
    """Whether there is one way only to read it."""
    return not set("?#%;") & set(url)


def _parameters(operation: Operation, path: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    operation.path_with(path, lambda name, value: found.setdefault(name, value))
    return found
