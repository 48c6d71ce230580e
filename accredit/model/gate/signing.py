"""Who has signed: roles, people and quorum. A signature holds over exactly what lies on the table, and nobody counts twice."""

from collections.abc import Mapping, Sequence

from accredit.model.gate.rows import Row, Signature
from accredit.model.gate.table import Table
from accredit.model.listing import some_of
from accredit.model.reply import Reply
from accredit.model.statement import SignOff
from accredit.model.voice import Voice

_MOST_NAMED = 3


def signing(table: Table) -> tuple[tuple[Row, ...], tuple[Signature, ...]]:
    """A row for each role, and the signatures that count."""
    mine = [s for s in table.sign_offs if s.said.purpose == f"{table.provider}.{table.gate.name}"]
    faults = {s.file: why for s in mine if (why := why_void(s, table))}
    good = [s for s in mine if s.file not in faults]
    seats = [q.role for q in table.gate.quorum for _ in range(q.people)]
    taken = _seated(seats, good)
    rows = tuple(
        _row(q.role, q.people, seats, taken, good, [s for s in mine if s.file in faults], faults, table)
        for q in table.gate.quorum
    )
    shown = tuple(
        Signature(s.said.role, s.said.by, f"{s.said.at:%Y-%m-%d %H:%M} UTC", s.said.says) for s in taken.values()
    )
    return rows, shown


def approved(table: Table, digest: str) -> tuple[Reply, str]:
    """Whether every role has signed the bundle of that digest, whatever else was signed with it."""
    mine = [s for s in table.sign_offs if s.said.purpose == f"{table.provider}.{table.gate.name}"]
    signed = {digest, *table.asked_by}
    good = [s for s in mine if not _of_another(s, table) and signed <= set(s.subject.values())]
    seats = [q.role for q in table.gate.quorum for _ in range(q.people)]
    taken = _seated(seats, good)
    missing = [role for seat, role in enumerate(seats) if seat not in taken]
    return (Reply.UNKNOWN, f"nobody has signed this bundle as {', '.join(missing)}") if missing else (Reply.YES, "")


def why_void(voice: Voice[SignOff], table: Table) -> str:
    """Why a signature does not count; empty when it does."""
    return _of_another(voice, table) or _over_another(voice.subject, table)


def _of_another(voice: Voice[SignOff], table: Table) -> str:
    said = voice.said
    if said.provider != table.provider:
        return f"it speaks of {said.provider}"
    if voice.stranger:
        return voice.stranger
    if voice.person is None or said.role not in voice.person.roles:
        return f"{said.by} is no {said.role} in accredit.toml"
    if said.at.date() > table.day:
        return f"of {said.at:%Y-%m-%d}, which is after {table.day}"
    return ""


def _over_another(subject: Mapping[str, str], table: Table) -> str:
    """Whatever was added, changed or taken away since voids it."""
    signed = {digest: name for name, digest in subject.items()}
    if added := [name for digest, name in table.on_it.items() if digest not in signed]:
        return f"made before {some_of(added, _MOST_NAMED)} lay here; sign again"
    if gone := [name for digest, name in signed.items() if digest not in table.on_it]:
        return f"made over {some_of(gone, _MOST_NAMED)}, which does not lie here; put it back, or sign again"
    return ""


def _seated(seats: Sequence[str], good: Sequence[Voice[SignOff]]) -> dict[int, Voice[SignOff]]:
    """Seat → signature, as many as can be filled with different people: a matching, found by making room."""
    people = sorted({_person(s) for s in good})
    sitting: dict[str, int] = {}

    def place(seat: int, asked: set[str]) -> bool:
        for name in people:
            if name in asked or not any(_person(s) == name and s.said.role == seats[seat] for s in good):
                continue
            asked.add(name)
            if name not in sitting or place(sitting[name], asked):
                sitting[name] = seat
                return True
        return False

    for seat in range(len(seats)):
        place(seat, set())
    return {
        seat: next(s for s in good if _person(s) == name and s.said.role == seats[seat])
        for name, seat in sitting.items()
    }


def _person(voice: Voice[SignOff]) -> str:
    """Two keys of one name are one person."""
    return " ".join(voice.said.by.casefold().split())


def _row(role: str, people: int, seats: Sequence[str], taken: Mapping[int, Voice[SignOff]], good: Sequence[Voice[SignOff]],
         void: Sequence[Voice[SignOff]], faults: Mapping[str, str], table: Table) -> Row:  # fmt: skip
    names = [f"{s.said.by} on {s.said.at:%Y-%m-%d}" for seat, s in sorted(taken.items()) if seats[seat] == role]
    question = f"Has somebody signed as {role}?" if people == 1 else f"Have {people} people signed as {role}?"
    if len(names) == people:
        return Row("sign-off", role, question, Reply.YES, ", ".join(names))
    told = [f"signed by {', '.join(names)}"] if names else []
    told += [
        f"{s.said.by}, who counts once, stands for another role"
        for s in good
        if s.said.role == role and s not in taken.values()
    ]
    told += [f"{s.said.by}'s does not count: {faults[s.file]}" for s in void if s.said.role == role]
    return Row("sign-off", role, question, Reply.UNKNOWN, "; ".join(told) or "nobody has", _next(role, table))


def _next(role: str, table: Table) -> str:
    """Signing comes last: a bundle that joins the others voids what was signed before. What does not count here is not to be signed."""
    shown = {bundle.environment for bundle in table.counted}
    if absent := next((place for place in table.gate.environments if place not in shown), None):
        return f"accredit run {table.provider} --env {absent}, then sign its bundle"
    bundles = " ".join(b.name for b in table.laid if b in table.counted)
    return f"accredit sign {bundles} --for {table.provider}.{table.gate.name} --role {role} --by … --key …"
