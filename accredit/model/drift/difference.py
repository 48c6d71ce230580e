"""One difference between our contract and what was published, under an id that stays the same for as long as it does."""

import hashlib
import json
from dataclasses import dataclass

from accredit.model.drift.rules import RULES, Kind, Rule

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said otherwise.

    Attributes:
        operation: Our operationId; `GET /path` where only they have it.
        place: Where in it: `answer 200: members[].tier`.
        ours: What our contract says there, in words.
        theirs: What they publish there, in words.
        inferred: Our contract had only inferred it, so that their document corrects an assumption of ours.
        component: The place within a schema that several operations share, `ApiError.code`; empty when none is.
    """

    code: str
    operation: str
    place: str
    ours: str
    theirs: str
    inferred: bool = False
    component: str = ""

    @property
    def rule(self) -> Rule:
        return RULES[self.code]

    @property
    def kind(self) -> Kind:
        return self.rule.kind

    @property
    def id(self) -> str:
        """`D-3f9a1c2b7e40`, from operation, place, rule and values."""
        told = json.dumps([self.operation, self.place, self.code, self.ours, self.theirs])
        return f"D-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def shown(value: object) -> str:
    """A value as one short line that no terminal acts upon, whoever wrote it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    line = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return (
        line
        if len(line) <= _LONGEST
        else f"{line[:_LONGEST]}… ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]})"
    )
