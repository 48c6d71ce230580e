"""What a gate asks for: facts of `gates.toml`, a table each."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit.model.provider import Fact, Provider
from accredit.model.reading import Strict, read
from accredit.model.requirement import Register, Requirement, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum(Strict):
    """How many people must sign in a role. Nobody counts twice, whatever their roles."""

    role: str
    people: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Fact):
    """One point on the way to going live, and what has to be shown there.

    Attributes:
        title: What is decided, as a sentence that is true after a yes.
        environments: Whose bundles count.
        chapters: Of the register: all their requirements are asked for.
        requirements: Asked for besides.
        later: Requirement of those chapters that can only be shown after this gate → why.
        parity: Whether production must have been compared with certification.
        shown_by_parity: Requirements that the comparison shows.
        writes_compared: Operations that write, and of which it must hold a call: those that the provider validates commercially.
        fresh: The setting that says how many days old a run may be.
        rulebooks: Environment → the rulebook that its bundles are held against.
        quorum: Who must sign.
    """

    name: str
    title: str
    environments: tuple[Shown, ...]
    chapters: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    later: dict[str, str] = field(default_factory=dict)
    parity: bool = False
    shown_by_parity: tuple[str, ...] = ()
    writes_compared: tuple[str, ...] = ()
    fresh: str = "evidence.mostDays"
    rulebooks: dict[Shown, str] = field(default_factory=dict)
    quorum: tuple[Quorum, ...]

    def asked(self, register: Register) -> tuple[Requirement, ...]:
        """The requirements in question, in the register's order."""
        return tuple(
            r
            for r in register.requirements
            if r.id not in self.later and (r.id in self.requirements or r.id.rpartition("-")[0] in self.chapters)
        )


def gates_from(data: Mapping[str, Any], where: str) -> tuple[Gate, ...]:
    """The gates from parsed `gates.toml`: a table each, named by it."""
    return tuple(read(Gate, {"name": name, **table}, f"{where}, [{name}]") for name, table in data.items())


def gate_complaints(
    gate: Gate, provider: Provider, register: Register, rulebooks: Mapping[str, object], budgeted: Collection[str]
) -> Iterator[str]:
    """What keeps a gate from being asked as it stands.

    Args:
        rulebooks: Those there are, by name.
        budgeted: Operations that a budget can name: no other is ever written by in production.
    """
    known = set(register.ids)
    chapters = {id_.rpartition("-")[0] for id_ in known}
    named = (*gate.requirements, *gate.later, *gate.shown_by_parity)
    yield from (f"{id_} is no requirement; correct it" for id_ in named if id_ not in known)
    yield from (f"{name} is no chapter of the register; correct it" for name in gate.chapters if name not in chapters)
    yield from (
        f"there is no rulebook {name}; write it, or name another"
        for name in gate.rulebooks.values()
        if name not in rulebooks
    )
    yield from (
        f"a rulebook for {place}, whose bundles do not count"
        for place in gate.rulebooks
        if place not in gate.environments
    )
    if not gate.environments or not gate.asked(register):
        yield "nothing is asked for: name environments, and chapters or requirements"
    if not gate.quorum or any(q.people < 1 or not q.role for q in gate.quorum):
        yield "nobody has to sign; a quorum names a role and at least one person"
    if gate.fresh not in provider.settings:
        yield f"{gate.fresh} is no setting of provider.toml; add it, or name another"
    if gate.parity and not {"certification", "production"} <= set(gate.environments):
        yield "parity takes a bundle of certification and one of production; name both environments"
    if gate.shown_by_parity and not gate.parity:
        yield "shown_by_parity names requirements, and parity is not asked for"
    if gate.writes_compared and not gate.parity:
        yield "writes_compared names operations, and parity is not asked for"
    yield from (
        f"{name} is no operation that a budget can name, so that it is never compared; correct it"
        for name in gate.writes_compared
        if name not in budgeted
    )
