"""What of a contract a run exercised, item by item, and a reason for each that it did not. Never rounds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accredit.model.contract import Contract
from accredit.model.exercised import Exercise, Exercised, Keywords
from accredit.model.keywords import Keyword, keywords_of
from accredit.model.promises import FORM, Body, Promise

NO_REASON = "no reason given"


class Part(StrEnum):
    """What of a contract can be exercised."""

    OPERATION = "operation"
    STATUS = "status"
    SENT = "parameter sent"
    LEFT_OUT = "parameter left out"
    KEPT = "request keyword kept"
    BROKEN = "request keyword broken"
    ANSWERED = "answer keyword"
    CALLBACK = "callback"
    DELIVERED = "callback keyword"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a contract has.

    Attributes:
        subject: operationId, or name of the callback.
        body: `request application/json`, for a keyword.
        name: `502`, `query size`, `accruals[].email`; empty for a whole body.
        word: The keyword.
        times: How often it was exercised; of a keyword only whether.
        why: The reason when it was not; else empty.
    """

    subject: str
    part: Part
    body: str = ""
    name: str = ""
    word: str = ""
    times: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """`18 of 31`."""

    seen: int
    of: int

    def __str__(self) -> str:
        return f"{self.seen} of {self.of}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every item of the contract, in its order. Empty for a journal that kept no record of it."""

    items: tuple[Item, ...]

    @property
    def subjects(self) -> list[str]:
        return list(dict.fromkeys(item.subject for item in self.items))

    def of(self, *parts: Part, subject: str = "") -> Share:
        """How much of these parts was exercised, of one subject or of all."""
        chosen = [i for i in self.items if i.part in parts and subject in ("", i.subject)]
        return Share(sum(i.times > 0 for i in chosen), len(chosen))

    def items_of(self, subject: str, part: Part) -> list[Item]:
        return [item for item in self.items if item.subject == subject and item.part is part]

    @property
    def unexplained(self) -> int:
        """Items that were not exercised, and nobody says why."""
        return sum(item.why == NO_REASON for item in self.items)

    def gaps(self, subject: str) -> Mapping[str, list[str]]:
        """Reason → what was not exercised for it: `answer keyword, 200 application/json: accruals[].email (type, format)`."""
        told: dict[str, list[str]] = {}
        groups: dict[tuple[Part, str], list[Item]] = {}
        for item in (i for i in self.items if i.subject == subject):
            groups.setdefault((item.part, item.body), []).append(item)
        for (part, body), items in groups.items():
            place = f"{part.value}, {body}" if body else part.value
            for why in dict.fromkeys(item.why for item in items if not item.times):
                told.setdefault(why, []).append(f"{place}: {_listed([i for i in items if i.why == why], len(items))}")
        return told

    def __str__(self) -> str:
        """`6 of 6 operations, 18 of 31 statuses, …`."""
        shares = {
            "operations": self.of(Part.OPERATION),
            "statuses": self.of(Part.STATUS),
            "parameters sent": self.of(Part.SENT),
            "left out": self.of(Part.LEFT_OUT),
            "keywords kept": self.of(Part.KEPT, Part.ANSWERED, Part.DELIVERED),
            "broken by a request": self.of(Part.BROKEN),
        }
        told = [f"{share} {what}" for what, share in shares.items() if share.of]
        return f"{', '.join(told)}; {self.unexplained or 'no'} gap{'s' * (self.unexplained != 1)} without a reason"


def _listed(items: Sequence[Item], of: int) -> str:
    """`all 12` when nothing of a body was met, else `accruals[].email (type, format); points (minimum)`."""
    if len(items) == of > 1 and items[0].word:
        return f"all {of}"
    words: dict[str, list[str]] = {}
    for item in items:
        words.setdefault(item.name or ("the whole" if item.word else "never"), []).append(item.word)
    return "; ".join(
        f"{name} ({', '.join(dict.fromkeys(found))})" if any(found) else name for name, found in words.items()
    )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known of a run that explains a gap.

    Attributes:
        only: Requirements it was confined to; empty for all.
        generated: Whether generated requests were sent at all.
    """

    environment: str
    only: Sequence[str] = ()
    generated: bool = False

    def why(self, excuse: str, derived: str = "") -> str:
        """The reason that stands in the contract, else what is known of this run, else none."""
        left_out = f"left out: this run was confined to {', '.join(self.only)}" if self.only else ""
        return excuse or left_out or derived or NO_REASON


def coverage_of(
    contract: Contract, exercised: Exercised, settings: Mapping[str, Any], known: Circumstances
) -> Coverage:
    """Holds what was exercised against everything that could be.

    Args:
        settings: What is chosen where nobody published it.
    """
    items: list[Item] = []
    for operation in contract.operations:
        items += _operation(operation.id, contract.promises[operation.id].under(settings), exercised, known)
    for name, body in contract.callbacks.items():
        items += _callback(name, body, exercised.callbacks.get(name, Exercise()), known)
    return Coverage(tuple(items))


def _operation(id_: str, promise: Promise, exercised: Exercised, known: Circumstances) -> Iterator[Item]:
    exercise = exercised.operations.get(id_, Exercise())
    calls = exercise.calls
    yield _item(id_, Part.OPERATION, calls, known.why(promise.excuse, "nothing in this run calls it"))
    uncalled = "" if calls else promise.excuse or "the operation was not called"
    for answer in promise.answers.values():
        derived = uncalled or _outage(answer.status, exercised, known)
        times = exercise.statuses[answer.status]
        yield _item(id_, Part.STATUS, times, known.why(answer.excuse, derived), name=answer.status)
        for body in answer.bodies:
            name = f"{answer.status} {body.kind}"
            silent = uncalled or (f"no answer of this run was {name}" if name not in exercise.bodies else "")
            excuse = answer.excuse if not times else ""
            yield from _keywords(id_, Part.ANSWERED, name, body, exercise, known, silent, excuse)
    for parameter in promise.parameters:
        sent = exercise.parameters[parameter.key]
        yield _item(id_, Part.SENT, sent, known.why(parameter.excuse, uncalled), name=parameter.key)
        if parameter.place != "path":
            spared = "scenarios send what is required; this run sent no generated requests, which leave it out"
            derived = uncalled or (spared if parameter.required and not known.generated else "")
            yield _item(id_, Part.LEFT_OUT, calls - sent, known.why(parameter.excuse, derived), name=parameter.key)
    for body in promise.bodies:
        name = f"request {body.kind}"
        yield from _keywords(id_, Part.KEPT, name, body, exercise, known, uncalled)
        spared = "" if known.generated else "this run sent no generated requests, which break what scenarios keep"
        yield from _keywords(id_, Part.BROKEN, name, body, exercise, known, uncalled or spared)


def _outage(status: str, exercised: Exercised, known: Circumstances) -> str:
    """Why an operation did not see the provider out of order; empty where no operation of a simulator did, though one could."""
    if not status.startswith("5"):
        return ""
    if known.environment != "simulator":
        return f"nobody can put the provider out of order in {known.environment}"
    seen = [name for name, exercise in exercised.operations.items() if exercise.statuses[status]]
    return f"an outage, which this run brought about with {', '.join(seen)} alone" if seen else ""


def _callback(name: str, body: Body, exercise: Exercise, known: Circumstances) -> Iterator[Item]:
    silent = "" if exercise.calls else "nothing of it came in this run"
    yield _item(name, Part.CALLBACK, exercise.calls, known.why("", silent))
    yield from _keywords(name, Part.DELIVERED, f"request {body.kind}", body, exercise, known, silent)


def _keywords(subject: str, part: Part, name: str, body: Body, exercise: Exercise, known: Circumstances,
              silent: str, excuse: str = "") -> Iterator[Item]:  # fmt: skip
    """Args: silent: Why no body at all was held to this schema; empty when one was. excuse: As the contract says it."""
    if body.at is None:
        return
    held = exercise.bodies.get(name, Keywords())
    exercised, every = held.broken if part is Part.BROKEN else held.kept, keywords_of(body.at)
    met = {keyword.field for keyword in every if keyword.at in held.kept | held.broken}
    for keyword in every:
        if part is Part.BROKEN and keyword.chooses:
            continue
        absent = "" if part is Part.BROKEN or keyword.field in met else "optional, and nothing in this run carried it"
        text = part is Part.BROKEN and keyword.word == "type" and body.kind == FORM
        why = known.why(excuse or keyword.excuse, "a form holds nothing but text" if text else silent or absent)
        yield _item(subject, part, keyword.at in exercised, why, body=name, keyword=keyword)


def _item(
    subject: str, part: Part, times: int, why: str, *, body: str = "", name: str = "", keyword: Keyword | None = None
) -> Item:
    field, word = (keyword.field, keyword.word) if keyword else (name, "")
    return Item(subject, part, body, field, word, int(times), "" if times else why)


def generated_in(exercised: Exercised) -> bool:
    """Whether any generated request was sent."""
    exercises: Iterable[Exercise] = exercised.operations.values()
    return any(exercise.generated for exercise in exercises)
