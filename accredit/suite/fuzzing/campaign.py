"""Fuzzes one provider in one run, a round at a time: draws, sends by the one client, judges, and journals each case."""

from collections.abc import Iterator
from dataclasses import dataclass

from accredit.model.errors import AccreditError
from accredit.model.fuzzing import Ended, FuzzFinding, Profile, Round
from accredit.model.rounds import unreached
from accredit.suite.fuzzing.books import Bookkeeper
from accredit.suite.fuzzing.cases import Cases
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.findings import Findings, UnderWay
from accredit.suite.fuzzing.following import Follower
from accredit.suite.fuzzing.generator import Drawn
from accredit.suite.fuzzing.hearing import hear, heard
from accredit.suite.fuzzing.judging import Judge
from accredit.suite.fuzzing.phases import cases_of
from accredit.suite.fuzzing.sending import Sender, Sent
from accredit.suite.fuzzing.spans import Watch
from accredit.suite.fuzzing.strangers import ask_as_a_stranger
from accredit.suite.live import Live


@dataclass(frozen=True, slots=True)
class Went:
    """How a round went, as far as can be told when it ends: the verdict is made of the whole run.

    Attributes:
        unjudged: Why it says nothing; empty when it says something.
    """

    findings: tuple[FuzzFinding, ...]
    unjudged: str


class Campaign:
    """Every round of one provider in one run."""

    def __init__(self, live: Live, profile: Profile, seed: int) -> None:
        self._live, self._profile = live, profile
        self._facts = live.plan.dossier.fuzzing.under(live.settings)
        self.contracts = Contracts(live, seed)
        self._sender = Sender(live, self._facts, self.contracts)
        judge = Judge(self._facts, self.contracts, live.plan.dossier.contract.promises, live.mask)
        self._findings = Findings(live, profile, self.contracts, self._sender, judge)
        self._cases = Cases(live, self._sender, judge, self._findings)
        books = Bookkeeper(live, self.contracts, self._facts.books)
        self._watch = Watch(profile, books, self._sender, self._findings)
        self._follower = Follower(live, self._facts, self.contracts, self._cases, profile.chains)

    def run(self, round_: Round) -> Went:
        """Sends and judges every case of a round."""
        under_way = UnderWay(round_, heard_before=heard(self._live))
        self._live.line.scenario = round_.name
        try:
            self._run(under_way)
            hear(self._live, self._facts, self.contracts.sources, self._findings, under_way)
        except AccreditError as wrong:
            under_way.trouble = str(wrong)
        except Exception as fault:  # whatever the generator stumbles over says nothing of the provider
            under_way.trouble = f"our own fault, {type(fault).__name__}: {fault}"
        finally:
            self._live.line.scenario = ""
        return self._ended(under_way)

    def cases(self, round_: Round) -> Iterator[Drawn]:
        """What a round draws, in the order it is sent; not the links' requests, which depend on answers."""
        return cases_of(round_, self.contracts, self._facts, self._profile)

    def once(self, drawn: Drawn) -> Sent:
        """Sends and judges one case, without a word in the journal but of the exchange."""
        span = self._watch.begin(drawn.operation)
        sent = self._cases.judged(UnderWay(Round(drawn.operation, drawn.phase)), drawn)
        if span is not None:
            self._watch.one(span, sent)
        return sent

    def _run(self, under_way: UnderWay) -> None:
        phase, operation = under_way.round.phase, under_way.round.operation
        if phase == "stateful":
            self._follower.follow_all(under_way)
            return
        self._send_all(under_way)
        is_closed = phase == "coverage" and self.contracts.is_closed(operation)
        if is_closed and (example := self._sender.example(operation)) is not None:
            ask_as_a_stranger(self._live, self._cases, under_way, example)

    def _send_all(self, under_way: UnderWay) -> None:
        round_, watch = under_way.round, self._watch
        # Examples break nothing, so nothing is refused among which something might have moved.
        span = watch.begin(round_.operation) if round_.phase != "examples" else None
        for drawn in self.cases(round_):
            if span is not None and drawn.mode != "negative":
                watch.end(under_way, span)
                span = None
            sent = self._cases.go(under_way, drawn)
            if span is None or sent is None:
                continue
            span.add(sent)
            if sent.reached == "accepted":
                span = watch.begin(round_.operation)
            elif watch.is_long(span):
                watch.end(under_way, span)
                span = watch.begin(round_.operation)
        if span is not None:
            watch.end(under_way, span)

    def _ended(self, under_way: UnderWay) -> Went:
        if {reached for reached, _ in under_way.ways} == {"unsent"}:
            under_way.stumbles(under_way.kept_back)
        ended = Ended(under_way.round.operation, under_way.round.phase, dict(+under_way.checks), self._live.mask.text(under_way.trouble),
                      under_way.repeats, under_way.accepted_before)  # fmt: skip
        self._live.journal.append(ended.to_record())
        nothing = "" if under_way.accepted_before else unreached(under_way.ways)
        return Went(tuple(under_way.findings), nothing or ended.trouble)
