"""What a round has shown so far, and its findings: each once, with the smallest request that fails, into the journal."""

from collections import Counter
from dataclasses import dataclass, field, replace

from accredit.model.fuzzing import FuzzFinding, Profile, Reached, Round, finding_id
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import Drawn, Failed
from accredit.suite.fuzzing.judging import ALWAYS, Judge
from accredit.suite.fuzzing.sending import Sender, Sent
from accredit.suite.fuzzing.smaller import smaller
from accredit.suite.live import Live


@dataclass
class UnderWay:
    """A round under way."""

    round: Round
    checks: Counter[str] = field(default_factory=Counter)
    findings: list[FuzzFinding] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    trouble: str = ""
    """Why it cannot be judged: the first reason there was."""
    repeats: int = 0
    accepted_before: int = 0
    ways: Counter[tuple[Reached, int | None]] = field(default_factory=Counter)
    """How many of its cases were answered how."""
    kept_back: str = ""
    """Why the first that was not sent was not."""
    heard_before: int = 0
    """How many deliveries had come by its beginning."""

    def after(self, drawn: Drawn) -> str:
        """The round's operation, for a request of another that a link led to."""
        return self.round.operation if drawn.operation != self.round.operation else ""

    def stumbles(self, trouble: str) -> None:
        """Cannot be judged, unless something is found all the same."""
        self.trouble = self.trouble or trouble


class Findings:
    """The findings of one campaign."""

    def __init__(self, live: Live, profile: Profile, contracts: Contracts, sender: Sender, judge: Judge) -> None:
        self._live, self._profile, self._contracts = live, profile, contracts
        self._sender, self._judge = sender, judge
        self._made_small: set[str] = set()

    def find(self, under_way: UnderWay, sent: Sent, failed: Failed) -> None:
        """Makes a failing request smaller and journals the finding, unless the round has found the same before."""
        drawn, round_ = sent.drawn, under_way.round
        id_ = finding_id(drawn.operation, failed.check, failed.signature)
        if id_ in under_way.found:
            return
        number, edits = sent.number, tuple[str, ...]()
        if failed.check in ALWAYS and id_ not in self._made_small:
            self._made_small.add(id_)
            number, edits = self._smallest(sent, failed)
        message = self._live.mask.text(failed.message)
        self.keep(under_way, FuzzFinding(drawn.operation, failed.check, failed.signature, message, round_.phase, drawn.id,
                                         (number,) if number else (), edits, under_way.after(drawn)))  # fmt: skip

    def keep(self, under_way: UnderWay, finding: FuzzFinding) -> None:
        """Journals a finding, unless the round has found the same before."""
        if finding.id in under_way.found:
            return
        under_way.found.add(finding.id)
        under_way.findings.append(finding)
        self._live.journal.append(finding.to_record())

    def _smallest(self, found: Sent, failed: Failed) -> tuple[int, tuple[str, ...]]:
        """Number of the smallest failing request, and the edits that lead there."""
        drawn, number = found.drawn, found.number

        def fails(tried: Drawn) -> bool:
            nonlocal number
            sent = self._sender.send(replace(tried, id=drawn.id))
            if not any((f.check, f.signature) == (failed.check, failed.signature) for f in self._judge.against(sent)):
                return False
            number = sent.number
            return True

        promise = self._contracts.promise(drawn.operation)
        broken = promise.breaks(drawn)

        def worth(tried: Drawn) -> bool:
            """Of what was wrongly accepted, what is wrong with it must stay, and nothing else become wrong."""
            return failed.check != "negative_data_rejection" or frozenset() < promise.breaks(tried) <= broken

        _, edits = smaller(self._contracts.fitting(drawn.operation), drawn, fails, self._profile.smaller, worth)
        return number, edits
