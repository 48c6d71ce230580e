"""A gate's answer, row by row: what was asked, yes, no or unknown, why, and what to do next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from accredit.model.reply import Reply, worst

About = Literal["bundle", "requirement", "parity", "waiver", "sign-off", "statement"]


@dataclass(frozen=True, slots=True)
class Row:
    """One question.

    Attributes:
        subject: Whom or what it is about: `LP-AP-02`, a bundle's name, a role.
        next: A command, or what else to do; empty when nothing has to be done.
        blocks: False for what is only recommended: it is shown, and does not count.
    """

    about: About
    subject: str
    question: str
    reply: Reply
    reason: str
    next: str = ""
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows that lack the same. `question` is empty when they are several."""

    reply: Reply
    subjects: tuple[str, ...]
    question: str
    reason: str
    next: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off that counts, for the reader."""

    role: str
    name: str
    at: str
    says: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a gate says."""

    rows: tuple[Row, ...]
    signatures: tuple[Signature, ...] = ()

    @property
    def answer(self) -> Reply:
        """The worst of what counts."""
        return worst(row.reply for row in self.rows if row.blocks)

    @property
    def missing(self) -> tuple["Missing", ...]:
        """What keeps it from being yes, what is against it first. Requirements that lack the same are named together."""
        return tuple(_together((*self.saying(Reply.NO), *self.saying(Reply.UNKNOWN))))

    def saying(self, reply: Reply) -> tuple[Row, ...]:
        """The rows that count and say so."""
        return tuple(row for row in self.rows if row.blocks and row.reply is reply)


def _together(rows: Iterable[Row]) -> Iterator[Missing]:
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        shared = (row.reason,) if row.about == "requirement" else (row.about, row.subject, row.question)
        alike.setdefault((row.reply, *shared), []).append(row)
    for same in alike.values():
        first, several = same[0], len(same) > 1
        next_ = first.next.replace(first.subject, f"{first.subject} …", 1) if several else first.next
        yield Missing(
            first.reply, tuple(row.subject for row in same), "" if several else first.question, first.reason, next_
        )
