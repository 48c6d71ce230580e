"""One case after another: sent, judged, and journalled with how it went."""

from accredit.model.fuzzing import CaseRecord, Reached, finding_id
from accredit.suite.fuzzing.findings import Findings, UnderWay
from accredit.suite.fuzzing.generator import Drawn
from accredit.suite.fuzzing.judging import Judge
from accredit.suite.fuzzing.sending import Sender, Sent
from accredit.suite.live import Live
from accredit.wire.api import OWN


class Cases:
    """The cases of one campaign."""

    def __init__(self, live: Live, sender: Sender, judge: Judge, findings: Findings) -> None:
        self._live, self._sender, self._judge, self._findings = live, sender, judge, findings
        self._known: dict[str, Reached] = {}

    def go(self, under_way: UnderWay, drawn: Drawn, *, again: bool = False) -> Sent | None:
        """One case, unless the same was sent before; with `again`, in any case."""
        if drawn.id in self._known and not again:
            under_way.repeats += 1
            under_way.accepted_before += self._known[drawn.id] == "accepted"
            return None
        before = self._live.line.last
        sent = self.judged(under_way, drawn)
        self._known[drawn.id] = sent.reached
        under_way.ways[sent.reached, sent.status] += 1
        under_way.kept_back = under_way.kept_back or (sent.trouble if sent.reached == "unsent" else "")
        self.tell(under_way, sent, before)
        return sent

    def judged(self, under_way: UnderWay, drawn: Drawn, token: str | None = OWN, *, first: bool | None = None,
               without: tuple[str, ...] = ()) -> Sent:  # fmt: skip
        """Sends and judges a request, without a word in the journal but of the exchange. Arguments as in `Sender.send`.

        Args:
            without: Checks that it is not held to.
        """
        sent = self._sender.send(drawn, token, first=first)
        sent.failed += self._judge.judged(sent, under_way.checks, without)
        return sent

    def tell(self, under_way: UnderWay, sent: Sent, before: int) -> None:
        """Journals a case, with each finding that it is the first to show before it.

        Args:
            before: Number of the exchange before its first.
        """
        drawn, last = sent.drawn, self._live.line.last
        for failed in sent.failed:
            self._findings.find(under_way, sent, failed)
        failures = tuple(dict.fromkeys(finding_id(drawn.operation, f.check, f.signature) for f in sent.failed))
        record = CaseRecord(drawn.id, drawn.operation, under_way.round.phase, drawn.index, drawn.mode,
                            self._live.mask.text(drawn.description), sent.reached, sent.status, tuple(range(before + 1, last + 1)),
                            failures, under_way.after(drawn), sent.number)  # fmt: skip
        self._live.journal.append(record.to_record())
