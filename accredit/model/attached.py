"""What people said of a run's requirements, as its bundle carries it. Changes no verdict: what failed stays failed."""

from collections.abc import Iterator
from dataclasses import dataclass

from accredit.model.finding import Outcome
from accredit.model.statement import Attestation, Waiver
from accredit.model.verdict import Judgement
from accredit.model.voice import Voice


@dataclass(frozen=True, slots=True)
class Attached:
    """Attestations and waivers of one run's environment, each signed by whom it names."""

    attestations: tuple[Voice[Attestation], ...] = ()
    waivers: tuple[Voice[Waiver], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.attestations or self.waivers)

    def attested(self, requirement: str) -> tuple[Voice[Attestation], ...]:
        """Whose word there is on it, the newest last."""
        mine = (a for a in self.attestations if a.said.requirement == requirement)
        return tuple(sorted(mine, key=lambda a: (a.said.shown_on, a.file)))

    def waived(self, judgement: Judgement) -> Voice[Waiver] | None:
        """The waiver of a failure, the one that holds longest; None of what did not fail."""
        if judgement.outcome is not Outcome.FAILED:
            return None
        mine = [w for w in self.waivers if w.said.requirement == judgement.requirement.id]
        return max(mine, key=lambda w: (w.said.last_day, w.file), default=None)

    def told(self, judgement: Judgement) -> tuple[str, ...]:
        """All of it on one requirement, a sentence each."""
        return tuple(self._told(judgement))

    def _told(self, judgement: Judgement) -> Iterator[str]:
        for voice in self.attested(judgement.requirement.id):
            said = voice.said
            until = f", until {said.last_day}" if said.last_day else ""
            yield f"attested by {said.by} on {said.shown_on}{until}: {said.says} ({documents_of(voice)})"
        if waiver := self.waived(judgement):
            w = waiver.said
            yield f"failed, waived until {w.last_day} by {w.approver}, {w.ticket}: {w.reason}"


NOTHING = Attached()


def documents_of(voice: Voice[Attestation]) -> str:
    """`1f3a9c20b7e4-ticket.pdf`; `no document`."""
    return ", ".join(sorted(voice.subject)) or "no document"
