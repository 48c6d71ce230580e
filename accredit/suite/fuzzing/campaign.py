"""Fuzzes one provider in one run, a round at a time: draws, sends by the one client, judges, and journals each case."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from accredit.model.errors import (
    AccreditError,
    CannotJudge,
    ConnectionBroken,
    EdgeDenied,
    Refused,
    Unreachable,
    UsageError,
)
from accredit.model.fuzzing import CaseRecord, Ended, FuzzFinding, Profile, Reached, Round, finding_id
from accredit.model.links import Link, Missing
from accredit.model.rounds import unreached
from accredit.suite.fuzzing import checks
from accredit.suite.fuzzing.books import Bookkeeper
from accredit.suite.fuzzing.chains import chained, followed, link_named, links_from
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import CHECKED, Drawn, Failed
from accredit.suite.fuzzing.smaller import smaller
from accredit.suite.live import Live
from accredit.wire.api import OWN
from accredit.wire.reply import Reply
from accredit.wire.tokens import WORTHLESS

_GIVE_UP = 3
"""Requests in a row that nobody answers, or grants a token for, after which a round ends."""
_TRIES = 4
"""Requests for each time that a link is to be followed: not every answer leads on."""
_NOT_REACHED = (401, 403, 404, 429)
_TURNED_AWAY = (401, 403)
"""To be answered so without a token is what was asked for."""
_STUMBLED = 500
_SPAN = 10
"""Refused requests between two looks into the books, where those can be read at once."""
_UNREAD = "what a member has could not be read, so nothing shows that refused requests move nothing"
_MADE_SMALL = (*CHECKED, "tells_nothing")
_ABOUT_FITTING = ("positive_data_acceptance", "negative_data_rejection")
_DIGEST = re.compile(r":[0-9a-f]{8}\]")
_OF_A_TOKEN = ((None, "without a token"), (WORTHLESS, "with a worthless token"))


@dataclass
class Sent:
    """One request of a case, and what came of it. `reply` None: no answer, `trouble` says why."""

    drawn: Drawn
    reply: Reply | None
    reached: Reached
    trouble: str = ""
    failed: list[Failed] = field(default_factory=list)
    number: int = 0
    """Of its exchange; 0 when nothing left."""

    @property
    def is_refused(self) -> bool:
        """Whether the API itself said that it will not be done: then nothing may move."""
        reply = self.reply
        return (
            reply is not None
            and reply.edge_reference is None
            and self.reached != "accepted"
            and reply.status < _STUMBLED
        )

    @property
    def is_unclear(self) -> bool:
        """Whether it left, and nobody said what has become of it: then something may have moved."""
        return self.number > 0 and (self.reply is None or self.reply.status >= _STUMBLED)


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
        self._books = Bookkeeper(live, self.contracts, self._facts.books)
        self._examples: dict[str, Drawn | None] = {}
        self._known: dict[str, Reached] = {}
        self._made_small: set[str] = set()
        self._unanswered = self._tokenless = 0
        self._renews = True

    def run(self, round_: Round) -> Went:
        """Sends and judges every case of a round."""
        at_work = _Working(round_)
        self._live.line.scenario = round_.name
        try:
            self._run(at_work)
            self._hear(at_work)
        except AccreditError as wrong:
            at_work.trouble = str(wrong)
        except Exception as fault:  # whatever the generator stumbles over says nothing of the provider
            at_work.trouble = f"our own fault, {type(fault).__name__}: {fault}"
        finally:
            self._live.line.scenario = ""
        if {reached for reached, _ in at_work.ways} == {"unsent"}:
            at_work.trouble = at_work.trouble or at_work.kept_back
        ended = Ended(round_.operation, round_.phase, dict(at_work.checks), self._masked(at_work.trouble), at_work.repeats,
                      at_work.accepted_before)  # fmt: skip
        self._live.journal.append(ended.to_record())
        nothing = "" if at_work.accepted_before else unreached(at_work.ways)
        return Went(tuple(at_work.findings), nothing or ended.trouble)

    def cases(self, round_: Round) -> Iterator[Drawn]:
        """What a round draws, in the order it is sent; not the links' requests, which depend on answers."""
        operation, phase = round_.operation, round_.phase
        fitting, breaking = self.contracts.fitting(operation), self.contracts.breaking(operation)
        free = self.contracts.free(operation)
        if phase == "examples":
            yield from fitting.examples(operation)
        elif phase == "coverage":
            yield from self._tolerated_last(
                breaking.coverage(operation, "negative", self._profile.types), fitting.coverage(operation, "positive")
            )
            yield from free.coverage(operation, "positive") if free else ()
        elif phase == "fuzzing":
            half = self._profile.cases // 2
            rest = self._profile.cases - half
            yield from self._tolerated_last(
                _arbitrary(breaking.arbitrary, operation, half, "negative"),
                _arbitrary(fitting.arbitrary, operation, rest - rest // 2 if free else rest, "positive"),
            )
            yield from _arbitrary(free.arbitrary, operation, rest // 2, "positive") if free else ()

    def _tolerated_last(self, breaking: Iterable[Drawn], fitting: Iterable[Drawn]) -> Iterator[Drawn]:
        """What must be refused comes first, and by itself: what is let in may move something."""
        tolerated = []
        for drawn in breaking:
            if self._facts.tolerated_trying(drawn.operation, drawn.description):
                tolerated.append(drawn)
            else:
                yield drawn
        yield from fitting
        yield from tolerated

    def once(self, drawn: Drawn) -> Sent:
        """Sends and judges one case, without a word in the journal but of the exchange."""
        watch, at_work = self._books.watches(drawn.operation), _Working(Round(drawn.operation, drawn.phase))
        before = self._books.read() if watch else None
        sent = self._send(drawn)
        sent.failed += self._judged(at_work, sent)
        if watch and sent.is_refused:
            after = self._books.read()
            if before is None or after is None:
                sent.trouble = _UNREAD
            elif after != before:
                sent.failed.append(_moved(before, after, 1, alone=True))
        return sent

    def _run(self, at_work: "_Working") -> None:
        round_ = at_work.round
        if round_.phase == "stateful":
            self._follow_links(at_work)
            return
        # Examples break nothing, so nothing is refused among which something might have moved.
        span = self._span(round_.operation) if round_.phase != "examples" else None
        for drawn in self.cases(round_):
            if span is not None and drawn.mode != "negative":
                self._compare_books(at_work, span)
                span = None
            sent = self._case(at_work, drawn)
            if span is None or sent is None:
                continue
            if sent.reached == "accepted":
                span = self._span(round_.operation)
                continue
            span.add(sent)
            if span.length == _SPAN and not self._books.is_slow:
                self._compare_books(at_work, span)
                span = self._span(round_.operation)
        if span is not None:
            self._compare_books(at_work, span)
        if round_.phase == "coverage":
            self._ask_without_token(at_work)

    def _case(self, at_work: "_Working", drawn: Drawn, *, again: bool = False) -> Sent | None:
        """One case, unless the same was sent before; with `again`, in any case."""
        if drawn.id in self._known and not again:
            at_work.repeats += 1
            at_work.accepted_before += self._known[drawn.id] == "accepted"
            return None
        before = self._live.line.last
        sent = self._send(drawn)
        self._known[drawn.id] = sent.reached
        at_work.ways[sent.reached, sent.reply.status if sent.reply else None] += 1
        at_work.kept_back = at_work.kept_back or (sent.trouble if sent.reached == "unsent" else "")
        sent.failed += self._judged(at_work, sent)
        self._tell(at_work, sent, before)
        return sent

    def _tell(self, at_work: "_Working", sent: Sent, before: int) -> None:
        """Journals a case, with each finding that it is the first to show before it."""
        drawn, last = sent.drawn, self._live.line.last
        for failed in sent.failed:
            self._find(at_work, sent, failed)
        failures = tuple(dict.fromkeys(finding_id(drawn.operation, f.check, f.signature) for f in sent.failed))
        numbers = tuple(range(before + 1, last + 1))
        status = sent.reply.status if sent.reply else None
        self._live.journal.append(CaseRecord(drawn.id, drawn.operation, drawn.phase, drawn.index, drawn.mode,
            self._masked(drawn.description), sent.reached, status, numbers, failures, at_work.after(drawn)).to_record())  # fmt: skip

    def _find(self, at_work: "_Working", sent: Sent, failed: Failed) -> None:
        drawn = sent.drawn
        id_ = finding_id(drawn.operation, failed.check, failed.signature)
        if id_ in at_work.found:
            return
        at_work.found.add(id_)
        number, edits = sent.number, tuple[str, ...]()
        if failed.check in _MADE_SMALL and id_ not in self._made_small:
            self._made_small.add(id_)
            number, edits = self._smallest(sent, failed)
        finding = FuzzFinding(drawn.operation, failed.check, failed.signature, self._masked(failed.message), drawn.phase, drawn.id,
                              (number,) if number else (), edits, at_work.after(drawn))  # fmt: skip
        at_work.findings.append(finding)
        self._live.journal.append(finding.to_record())

    def _smallest(self, found: Sent, failed: Failed) -> tuple[int, tuple[str, ...]]:
        """Number of the smallest failing request, and the edits that lead there."""
        drawn, number = found.drawn, found.number

        def fails(tried: Drawn) -> bool:
            nonlocal number
            sent = self._send(replace(tried, id=drawn.id))
            if not any((f.check, f.signature) == (failed.check, failed.signature) for f in self._against(sent)):
                return False
            number = sent.number
            return True

        broken = self.contracts.breaks(drawn)

        def worth(tried: Drawn) -> bool:
            """Of what was wrongly accepted, what is wrong with it must stay, and nothing else become wrong."""
            return failed.check != "negative_data_rejection" or frozenset() < self.contracts.breaks(tried) <= broken

        _, edits = smaller(self.contracts.fitting(drawn.operation), drawn, fails, self._profile.smaller, worth)
        return number, edits

    def _send(self, drawn: Drawn, token: str | None = OWN, *, first: bool | None = None) -> Sent:
        """Sends one request of a case. Ends the round when nobody answers any more, or nobody grants a token.

        Args:
            first: Whether what it takes is brought about before; for those that fit the contract, when nothing is said.
        """
        try:
            self._have_token(drawn.operation, token)
        except CannotJudge as wrong:
            self._tokenless += 1
            if self._tokenless >= _GIVE_UP:
                raise
            return Sent(drawn, None, "unsent", self._masked(str(wrong)))
        if first or (first is None and drawn.mode == "positive"):
            drawn = self._with_what_it_takes(drawn)
        self._tokenless, before = 0, self._live.line.last
        sent = self._deliver(drawn, token)
        sent.trouble = self._masked(sent.trouble)
        sent.number = sent.reply.exchange if sent.reply else self._live.line.last
        if sent.number == before:
            sent.number = 0
        elif sent.reached == "unsent":
            sent.reached = "unreachable"
        return sent

    def _have_token(self, operation: str, token: str | None) -> None:
        """Asks for a token where one is needed, so that what comes of that is not taken for what comes of a case."""
        dossier = self._live.plan.dossier
        auth, schemes = dossier.provider.auth, dossier.contract[operation].schemes
        if token != OWN or operation == auth.operation or self.contracts.token_for(operation) != OWN:
            return
        if auth.scheme in schemes if auth.scheme else schemes:
            self._live.api.tokens.current()

    def _with_what_it_takes(self, drawn: Drawn) -> Drawn:
        """The case, about something that was brought about for it, where its operation takes such."""
        name = self._facts.link_before(drawn.operation)
        if not name:
            return drawn
        link = link_named(self._live.plan.dossier, name, drawn.operation)
        if link is None:
            raise UsageError(f"fuzzing.toml: no link {name} of the contract leads to {drawn.operation}.")
        example = self._example(link.source)
        sent = self._deliver(replace(example, id=drawn.id), OWN) if example else None
        if sent is None or sent.reply is None or str(sent.reply.status) != link.status:
            return drawn
        try:
            return replace(chained(self.contracts, link, sent.drawn, sent.reply, drawn), mode=drawn.mode)
        except Missing:
            return drawn

    def _example(self, operation: str) -> Drawn | None:
        """An operation's first example; drawn once, since requests that take what it brings about are many."""
        if operation not in self._examples:
            self._examples[operation] = next(self.contracts.fitting(operation).examples(operation), None)
        return self._examples[operation]

    def _deliver(self, drawn: Drawn, token: str | None) -> Sent:
        live, facts, operation = self._live, self._facts, drawn.operation
        headers, target, body = self.contracts.filled(drawn)
        if token == OWN:
            token = self.contracts.token_for(operation)
        sign = operation in facts.signed and live.signer is not None
        try:
            reply = live.api.deliver(
                operation, target, headers, body, case=drawn.id, token=token, renew=self._renews, sign=sign
            )
        except EdgeDenied as denied:
            return Sent(drawn, None, "unreachable", str(denied))
        except Refused as refused:
            return Sent(drawn, None, "unsent", str(refused))
        except ConnectionBroken as broken:
            return Sent(
                drawn,
                None,
                "unreachable",
                str(broken),
                [Failed("answers", "broken", "The line broke before an answer was whole.")],
            )
        except Unreachable:
            self._unanswered += 1
            if self._unanswered >= _GIVE_UP:
                raise
            return Sent(drawn, None, "unreachable", "no answer")
        except (CannotJudge, UnicodeError) as wrong:
            return Sent(drawn, None, "unsent", str(wrong))
        self._unanswered = 0
        # A token that is refused although it is new will not become better by asking for more of them.
        self._renews = reply.status != 401 or token != OWN
        if reply.edge_reference is not None:
            return Sent(drawn, reply, "unreachable", "a firewall answered")
        turned_away = facts.turns_away(operation, reply.status, reply.headers)
        return Sent(drawn, reply, "rejected" if turned_away else _reached(reply.status))

    def _judged(self, at_work: "_Working", sent: Sent) -> list[Failed]:
        if sent.reply is not None and sent.reply.edge_reference is None:
            at_work.checks.update((*CHECKED, "tells_nothing"))
        return self._against(sent)

    def _against(self, sent: Sent) -> list[Failed]:
        """What can be said against an answer by looking at it. Nothing against a firewall's."""
        reply = sent.reply
        if reply is None or reply.edge_reference is not None:
            return []
        generator = self.contracts.fitting(sent.drawn.operation)
        failed = generator.judge(sent.drawn, reply.status, reply.headers, reply.body, 0.0)
        failed += self._let_off(sent, reply.status, failed)
        operation = sent.drawn.operation
        refused = self._facts.turns_away(operation, reply.status, reply.headers)
        if refused or reply.status in self._facts.tolerated_trying(operation, sent.drawn.description):
            failed = [failure for failure in failed if failure.check != "negative_data_rejection"]
        failed += checks.tells_nothing(reply.status, reply.body, self.contracts.secrets)
        return [Failed(f.check, self._steady(f.signature), self._masked(f.message)) for f in failed]

    def _let_off(self, sent: Sent, status: int, failed: list[Failed]) -> list[Failed]:
        """An accepted request that breaks the contract, and that the stock check has said nothing of."""
        told = any(failure.check == "negative_data_rejection" for failure in failed)
        if told or sent.drawn.mode != "negative" or not 200 <= status < 400:
            return []
        place = self.contracts.broken_by(sent.drawn)
        message = f"A request that breaks the contract was answered {status}: {place} is not as the contract has it."
        return [Failed("negative_data_rejection", f"{status}:{place}", message)] if place else []

    def _span(self, operation: str) -> "_Span | None":
        return _Span(self._books.read()) if self._books.watches(operation) else None

    def _compare_books(self, at_work: "_Working", span: "_Span") -> None:
        """Nothing has moved while everything was refused. What was not refused is not accused: who knows what came of it?"""
        if not span.refused:
            return
        after = self._books.read()
        if span.before is None or after is None:
            at_work.trouble = at_work.trouble or _UNREAD
            return
        at_work.checks["refused_moves_nothing"] += 1
        refused = len(span.refused)
        failed = _moved(span.before, after, refused)
        if after == span.before or finding_id(at_work.round.operation, failed.check, failed.signature) in at_work.found:
            return
        if (culprit := self._culprit(span)) is not None:
            self._find(at_work, culprit, _moved(span.before, after, 1, alone=True))
        elif span.unclear:
            at_work.trouble = at_work.trouble or (
                f"the member has something else than before: {refused} requests were refused, of which none moves anything by itself, and "
                f"{span.unclear} got no clear answer")  # fmt: skip
        else:
            self._find(at_work, Sent(replace(span.refused[0], id=""), None, "rejected"), failed)

    def _culprit(self, span: "_Span") -> Sent | None:
        """The first of the refused requests that is refused again, and moves something by itself."""
        for drawn in span.refused[: self._profile.smaller]:
            before, sent = self._books.read(), self._send(drawn)
            if sent.is_refused and before is not None and self._books.read() not in (None, before):
                return sent
        return None

    def _hear(self, at_work: "_Working") -> None:
        """What the provider has sent of its own accord by the end of the round is as the contract says."""
        live, round_, within = self._live, at_work.round, self._facts.calls_back_within
        if within and live.plan.dossier.contract[round_.operation].effect == "writes":
            live.clock.wait(float(self.contracts.sources.value(within)))
            at_work.checks["calls_back"] += 1
        for delivered in live.unclaimed(live.line.scenario):
            kind = delivered.kind.value
            live.line.claim(delivered.exchange)
            if (id_ := finding_id(round_.operation, "calls_back", kind)) in at_work.found:
                continue
            at_work.found.add(id_)
            message = f"A delivery after generated requests is {kind}; expected one that fits the contract's callback."
            finding = FuzzFinding(
                round_.operation, "calls_back", kind, message, round_.phase, "", (delivered.exchange,)
            )
            at_work.findings.append(finding)
            live.journal.append(finding.to_record())

    def _ask_without_token(self, at_work: "_Working") -> None:
        """A fitting request without a token, and one with a worthless token: nobody may be let in."""
        operation = at_work.round.operation
        if not self.contracts.is_closed(operation):
            return
        drawn = self._example(operation)
        for index, (token, how) in enumerate(_OF_A_TOKEN if drawn else ()):
            assert drawn is not None
            id_ = hashlib.sha256(f"{drawn.id} {how}".encode()).hexdigest()[:12]
            tried = replace(drawn, id=id_, phase="coverage", index=-1 - index, mode="negative", description=how)
            before = self._live.line.last
            sent = self._send(tried, token=token, first=True)
            # But for its token it fits the contract, so nobody may expect that it is accepted.
            sent.failed += [f for f in self._judged(at_work, sent) if f.check not in _ABOUT_FITTING]
            if sent.reply is not None and sent.reply.edge_reference is None and not unreached(at_work.ways):
                at_work.checks["asks_for_a_token"] += 1
                sent.failed += checks.asks_for_a_token(
                    sent.reply.status, how, for_one=operation == self._live.plan.dossier.provider.auth.operation
                )
                if sent.reply.status in _TURNED_AWAY:
                    sent.reached = "rejected"
            self._tell(at_work, sent, before)

    def _follow_links(self, at_work: "_Working") -> None:
        links = list(links_from(self._live.plan.dossier, at_work.round.operation))
        tries = self._profile.chains * _TRIES
        left = [
            link.name
            for number, link in enumerate(links)
            if not self._follow(at_work, link, range(number * tries, (number + 1) * tries))
        ]
        if left:
            at_work.trouble = (
                at_work.trouble or f"never followed, since nothing was answered as they want it: {', '.join(left)}"
            )

    def _follow(self, at_work: "_Working", link: Link, places: range) -> bool:
        """Follows one link as often as the profile says; False when it could not be followed once."""
        done = 0
        for index in places:
            if done == self._profile.chains:
                break
            first = self.contracts.fitting(link.source).arbitrary(link.source, "stateful", index, "positive")
            sent = self._case(at_work, first, again=True) if first else None
            if sent is not None and sent.reply is not None and str(sent.reply.status) == link.status:
                done += self._went_on(at_work, link, sent, sent.reply, index)
        return done > 0

    def _went_on(self, at_work: "_Working", link: Link, sent: Sent, reply: Reply, index: int) -> bool:
        """Sends what a link leads to; False when that could not be sent."""
        target = self.contracts.fitting(link.target).arbitrary(link.target, "stateful", index, "positive")
        if target is None:
            return False
        try:
            second = followed(link, sent.drawn, chained(self.contracts, link, sent.drawn, reply, target))
        except Missing:
            return False
        before = self._live.line.last
        then = self._send(second, first=False)
        then.failed += self._judged(at_work, then)
        if then.reply is not None:
            at_work.checks["follows"] += 1
            then.failed += checks.follows(then.reply.status, link.name, self._facts.refusals(link.target))
        self._tell(at_work, then, before)
        return then.reply is not None

    def _masked(self, text: str) -> str:
        return self._live.mask.text(text)

    def _steady(self, signature: str) -> str:
        """Masked, and the same in every run: without the digests that are the run's own."""
        return _DIGEST.sub("]", self._masked(signature))


@dataclass
class _Working:
    """A round under way."""

    round: Round
    checks: Counter[str] = field(default_factory=Counter)
    findings: list[FuzzFinding] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    trouble: str = ""
    repeats: int = 0
    accepted_before: int = 0
    ways: Counter[tuple[Reached, int | None]] = field(default_factory=Counter)
    """How many of its cases were answered how."""
    kept_back: str = ""
    """Why the first that was not sent was not."""

    def after(self, drawn: Drawn) -> str:
        """The round's operation, for a request of another that a link led to."""
        return self.round.operation if drawn.operation != self.round.operation else ""


@dataclass
class _Span:
    """Refused requests between two looks into the books."""

    before: Any
    refused: list[Drawn] = field(default_factory=list)
    unclear: int = 0

    @property
    def length(self) -> int:
        return len(self.refused) + self.unclear

    def add(self, sent: Sent) -> None:
        """What never reached the API moves nothing, and is nobody's fault."""
        if sent.is_refused:
            self.refused.append(sent.drawn)
        elif sent.is_unclear:
            self.unclear += 1


def _arbitrary(
    draw: Callable[[str, str, int, str], Drawn | None], operation: str, count: int, mode: str
) -> Iterator[Drawn]:
    for index in range(count):
        if (drawn := draw(operation, "fuzzing", index, mode)) is None:
            return  # where nothing could be drawn in so many tries, there is nothing to be drawn
        yield drawn


def _moved(before: Any, after: Any, refused: int, *, alone: bool = False) -> Failed:
    """The finding that something moved; how much is the member's own business.

    Args:
        alone: Whether one of the refused requests moves it by itself.
    """
    try:
        what = "more" if after > before else "less"
    except TypeError:
        what = "something else"
    requests = "the request in between was" if refused == 1 else f"the {refused} requests in between were all"
    none_alone = "" if alone else ", and none of them moves it when sent again by itself"
    message = f"The member has {what} than before, though {requests} refused{none_alone}."
    return Failed("refused_moves_nothing", "moved", message)


def _reached(status: int) -> Reached:
    if status in _NOT_REACHED:
        return "unreachable"
    return "accepted" if 200 <= status < 400 else "rejected"
