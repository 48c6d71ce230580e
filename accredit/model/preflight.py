"""What is asked before a run, and how it was answered: can anything be judged from here at all? Says nothing of the provider's conformance."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accredit.model.reply import Reply

KIND = "preflight"
"""Of the record that holds one answer."""

QUESTIONS: Mapping[str, str] = {
    "credentials": "Are the credentials there?",
    "dns": "Do the host names resolve?",
    "tls": "Is there a trusted line, by TLS 1.2 or newer?",
    "edge": "Does the API itself answer, and no firewall?",
    "token": "Is a token granted?",
    "accepted": "Is the token accepted?",
    "identity": "Is this the environment that it is taken for?",
    "clock": "Do the clocks agree?",
    "contract": "Is the run judged by the contract that was accepted?",
    "data": "Are the test members and products there?",
    "callbacks": "Can the provider call back?",
    "budget": "Does the budget hold?",
    "disk": "Is there room for the evidence?",
}
"""Every check, in the order in which they are told; a budget that was named is told first."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question, answered.

    Attributes:
        about: What of several it speaks of: `members`; empty when it is one for all.
        step: What to do next; empty when there is nothing to do.
        exchanges: Numbers of those it rests on.
    """

    name: str
    answered: Reply
    reason: str
    step: str = ""
    exchanges: tuple[int, ...] = ()
    about: str = ""

    @property
    def question(self) -> str:
        return QUESTIONS[self.name]

    @property
    def is_yes(self) -> bool:
        return self.answered is Reply.YES

    @property
    def title(self) -> str:
        """`data, members`."""
        return f"{self.name}, {self.about}" if self.about else self.name

    def __str__(self) -> str:
        return f"{self.title}: {self.reason}" + (f"; {self.step}" if self.step else "")

    def to_record(self) -> dict[str, Any]:
        return {"kind": KIND, **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Check":
        data = {key: value for key, value in record.items() if key != "kind"}
        return cls(**{**data, "answered": Reply(data["answered"]), "exchanges": tuple(data["exchanges"])})


def yes(name: str, reason: str, step: str = "", exchanges: tuple[int, ...] = ()) -> Check:
    return Check(name, Reply.YES, reason, step, exchanges)


def no(name: str, reason: str, step: str, exchanges: tuple[int, ...] = ()) -> Check:
    return Check(name, Reply.NO, reason, step, exchanges)


def unknown(name: str, reason: str, step: str = "", exchanges: tuple[int, ...] = ()) -> Check:
    return Check(name, Reply.UNKNOWN, reason, step, exchanges)


def refusals(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those that keep a run from beginning."""
    return tuple(check for check in checks if check.answered is Reply.NO)


def answer_of(checks: Iterable[Check]) -> Reply:
    """Of a whole preflight: no when anything stands in the way, unknown when nothing at all was found out."""
    answers = {check.answered for check in checks}
    return next((answer for answer in (Reply.NO, Reply.YES) if answer in answers), Reply.UNKNOWN)


def barred_by(checks: Iterable[Check]) -> str:
    """Why no scenario runs, in a line: `not run: the preflight says no to token, disk`; empty when they may."""
    names = ", ".join(check.title for check in refusals(checks))
    return f"not run, since the preflight says no: {names}" if names else ""
