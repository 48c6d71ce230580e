"""Every flaw that a provider's contract has room for, and a simulation that has one of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from accredit.model.errors import UsageError
from accredit.model.simulation import Answer, Call, Simulation
from accredit.suite.catalogue import Dossier
from accredit.suite.flaws import envelopes, fields, refusals
from accredit.suite.flaws.breach import Breach
from accredit.suite.flaws.surface import Surface

KINDS: Mapping[str, Callable[[Surface], Breach | None]] = {
    kind.__name__: kind
    for kind in (
        fields.wrong_type,
        fields.missing_required,
        fields.wrong_enum,
        fields.wrong_format,
        fields.out_of_range,
        fields.wrong_error_body,
        envelopes.extra_status,
        envelopes.undocumented_error,
        envelopes.wrong_content_type,
        refusals.leaking_500,
        refusals.leaking_trace,
        refusals.leaking_secret,
        refusals.ignored_auth,
        refusals.accepted_invalid_input,
    )
}
"""Kind → what it does to an operation, or None where the contract leaves nothing to break in that way."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way in which a provider breaks its contract: whoever has the contract and a token can see it.

    Attributes:
        says: What is wrong, in a sentence.
    """

    kind: str
    surface: Surface
    says: str

    @property
    def name(self) -> str:
        """`wrong_type:getBalance`"""
        return f"{self.kind}:{self.operation}"

    @property
    def operation(self) -> str:
        return self.surface.operation.id


class Flawed:
    """A simulation with a flaw: right in everything else, its control channel and outbox included.

    With the flaw every answer that it concerns is wrong; nothing is left to chance.
    """

    DEFECTS: ClassVar[Mapping[str, str]]  # the simulation's, as everything else that is not said here

    def __init__(self, simulation: Simulation, flaw: Flaw) -> None:
        breach = KINDS[flaw.kind](flaw.surface)
        assert breach is not None
        self._simulation, self._operation, self._bend = simulation, flaw.operation, breach.bend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._simulation, name)

    def access(self, environment: str) -> Mapping[str, str]:
        """As the simulation's."""
        return self._simulation.access(environment)

    def roles(self, environment: str) -> Mapping[str, Any]:
        """As the simulation's."""
        return self._simulation.roles(environment)

    def answer(self, call: Call) -> Answer:
        """The simulation's answer, broken where the flaw concerns it."""
        answer = self._simulation.answer(call)
        return self._bend(call, answer, self._simulation.answer) if call.operation == self._operation else answer


def flaws_of(dossier: Dossier) -> list[Flaw]:
    """Every flaw, by operation in the order of the contract."""
    return [
        Flaw(kind, surface, breach.says)
        for surface in _surfaces(dossier)
        for kind, breaks in KINDS.items()
        if (breach := breaks(surface)) is not None
    ]


def flaw_named(dossier: Dossier, name: str) -> Flaw:
    """The flaw of that name.

    Raises:
        UsageError: the contract has no room for such a one.
    """
    known = {flaw.name: flaw for flaw in flaws_of(dossier)}
    if name not in known:
        raise UsageError(
            f"{name}: no such flaw; the contract of {dossier.name} has room for {', '.join(sorted(known))}."
        )
    return known[name]


def flawed(simulation: Simulation, dossier: Dossier, name: str) -> Simulation:
    """The simulation with the flaw of that name; as it is when there is none."""
    return Flawed(simulation, flaw_named(dossier, name)) if name else simulation


def spread(flaws: Iterable[Flaw], each: int = 2) -> list[Flaw]:
    """Up to so many flaws of each kind, of those operations that have had the fewest."""
    chosen: list[Flaw] = []
    had: Counter[str] = Counter()
    left = list(flaws)
    for kind in KINDS:
        for _ in range(each):
            of_kind = [flaw for flaw in left if flaw.kind == kind]
            if of_kind:
                rarest = min(of_kind, key=lambda flaw: had[flaw.operation])
                left.remove(rarest)
                chosen.append(rarest)
                had[rarest.operation] += 1
    return chosen


def _surfaces(dossier: Dossier) -> Iterator[Surface]:
    told = {
        told["operationId"]: told
        for document in dossier.documents.values()
        for item in document.get("paths", {}).values()
        for told in item.values()
        if "operationId" in told
    }
    for operation in dossier.contract.operations:
        document = dossier.documents[operation.service]
        yield Surface(operation, dossier.provider.auth, document, told[operation.id])
