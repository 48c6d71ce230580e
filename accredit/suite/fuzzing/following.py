"""Follows the links that lead on from an operation: what an accepted request has brought about is there for the next one."""

from accredit.model.fuzzing import FuzzFacts
from accredit.model.links import Link, Missing
from accredit.suite.fuzzing import checks
from accredit.suite.fuzzing.cases import Cases
from accredit.suite.fuzzing.chains import chained, followed, links_from
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.findings import UnderWay
from accredit.suite.fuzzing.looked import is_answered
from accredit.suite.fuzzing.sending import Sent
from accredit.suite.live import Live
from accredit.wire.reply import Reply

_TRIES = 4
"""Requests for each time that a link is to be followed: not every answer leads on."""


class Follower:
    """Follows each link of a round's operation `chains` times."""

    def __init__(self, live: Live, facts: FuzzFacts, contracts: Contracts, cases: Cases, chains: int) -> None:
        self._live, self._facts, self._contracts, self._cases, self._chains = live, facts, contracts, cases, chains

    def follow_all(self, under_way: UnderWay) -> None:
        """Every link; one that could not be followed once keeps the round from being judged."""
        tries, left = self._chains * _TRIES, []
        for number, link in enumerate(links_from(self._live.plan.dossier, under_way.round.operation)):
            if not self._follow(under_way, link, range(number * tries, (number + 1) * tries)):
                left.append(link.name)
        if left:
            under_way.stumbles(f"never followed, since nothing was answered as they want it: {', '.join(left)}")

    def _follow(self, under_way: UnderWay, link: Link, places: range) -> bool:
        """Follows one link as often as it should be; False when it could not be followed once."""
        done = 0
        for index in places:
            if done == self._chains:
                break
            first = self._contracts.fitting(link.source).arbitrary(link.source, "stateful", index, "positive")
            sent = self._cases.go(under_way, first, again=True) if first else None
            if sent is not None and sent.reply is not None and str(sent.reply.status) == link.status:
                done += self._went_on(under_way, link, sent, sent.reply, index)
        return done > 0

    def _went_on(self, under_way: UnderWay, link: Link, sent: Sent, reply: Reply, index: int) -> bool:
        """Sends what a link leads to; False when that could not be sent."""
        target = self._contracts.fitting(link.target).arbitrary(link.target, "stateful", index, "positive")
        if target is None:
            return False
        try:
            second = followed(link, sent.drawn, chained(self._contracts, link, sent.drawn, reply, target))
        except Missing:
            return False
        before = self._live.line.last
        then = self._cases.judged(under_way, second, first=False)
        if then.reply is not None:
            under_way.checks["follows"] += is_answered(then.reply.status) or then.reply.status == 404
            then.failed += checks.follows(then.reply.status, link.name, self._facts.refusals(link.target))
        self._cases.tell(under_way, then, before)
        return then.reply is not None
