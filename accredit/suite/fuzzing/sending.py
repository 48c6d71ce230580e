"""Sends one request of a case by the one client, with token, signature and whatever must be there before, and tells how far it got."""

from dataclasses import dataclass, field, replace

from accredit.model.errors import CannotJudge, ConnectionBroken, EdgeDenied, Refused, Unreachable, UsageError
from accredit.model.fuzzing import FuzzFacts, Reached
from accredit.model.links import Missing
from accredit.suite.fuzzing.chains import chained, link_named
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import Drawn, Failed
from accredit.suite.live import Live
from accredit.wire.api import OWN
from accredit.wire.reply import Reply

_GIVE_UP = 3
"""Requests in a row that nobody answers, or grants a token for, after which a round ends."""
_NOT_REACHED = (401, 403, 404, 429)
_STUMBLED = 500


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
    def status(self) -> int | None:
        return self.reply.status if self.reply else None

    @property
    def is_refused(self) -> bool:
        """Whether the API itself said that it will not be done: then nothing may move."""
        reply = self.reply
        if reply is None or reply.edge_reference is not None:
            return False
        return self.reached != "accepted" and reply.status < _STUMBLED

    @property
    def is_unclear(self) -> bool:
        """Whether it left, and nobody said what has become of it: then something may have moved."""
        return self.number > 0 and (self.reply is None or self.reply.status >= _STUMBLED)


class Sender:
    """Every request of one campaign."""

    def __init__(self, live: Live, facts: FuzzFacts, contracts: Contracts) -> None:
        self._live, self._facts, self._contracts = live, facts, contracts
        self._examples: dict[str, Drawn | None] = {}
        self._unanswered = self._tokenless = 0
        self._renews = True

    def send(self, drawn: Drawn, token: str | None = OWN, *, first: bool | None = None) -> Sent:
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
            return Sent(drawn, None, "unsent", self._live.mask.text(str(wrong)))
        if first or (first is None and drawn.mode == "positive"):
            drawn = self._with_what_it_takes(drawn)
        self._tokenless, before = 0, self._live.line.last
        sent = self._deliver(drawn, token)
        sent.trouble = self._live.mask.text(sent.trouble)
        sent.number = sent.reply.exchange if sent.reply else self._live.line.last
        if sent.number == before:
            sent.number = 0
        elif sent.reached == "unsent":
            sent.reached = "unreachable"
        return sent

    def example(self, operation: str) -> Drawn | None:
        """An operation's first example; drawn once, since requests that take what it brings about are many."""
        if operation not in self._examples:
            self._examples[operation] = next(self._contracts.fitting(operation).examples(operation), None)
        return self._examples[operation]

    def _have_token(self, operation: str, token: str | None) -> None:
        """Asks for a token where one is needed, so that what comes of that is not taken for what comes of a case."""
        dossier = self._live.plan.dossier
        auth, schemes = dossier.provider.auth, dossier.contract[operation].schemes
        if token != OWN or operation == auth.operation or self._contracts.token_for(operation) != OWN:
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
        example = self.example(link.source)
        sent = self._deliver(replace(example, id=drawn.id), OWN) if example else None
        if sent is None or sent.reply is None or str(sent.reply.status) != link.status:
            return drawn
        try:
            return replace(chained(self._contracts, link, sent.drawn, sent.reply, drawn), mode=drawn.mode)
        except Missing:
            return drawn

    def _deliver(self, drawn: Drawn, token: str | None) -> Sent:
        filled = self._contracts.filled(drawn)
        shown = self._contracts.token_for(drawn.operation) if token == OWN else token
        try:
            reply = self._answer(drawn, filled, shown)
        except EdgeDenied as denied:
            return Sent(drawn, None, "unreachable", str(denied))
        except Refused as refused:
            return Sent(drawn, None, "unsent", str(refused))
        except ConnectionBroken as broken:
            failed = Failed("answers", "broken", "The line broke before an answer was whole.")
            return Sent(drawn, None, "unreachable", str(broken), [failed])
        except Unreachable:
            self._unanswered += 1
            if self._unanswered >= _GIVE_UP:
                raise
            return Sent(drawn, None, "unreachable", "no answer")
        except (CannotJudge, UnicodeError) as wrong:
            return Sent(drawn, None, "unsent", str(wrong))
        self._unanswered = 0
        if reply.edge_reference is not None:
            return Sent(drawn, reply, "unreachable", "a firewall answered")
        turned_away = self._facts.turns_away(drawn.operation, reply.status, reply.headers)
        return Sent(drawn, reply, "rejected" if turned_away else _reached(reply.status))

    def _answer(self, drawn: Drawn, filled: tuple[dict[str, str], str, bytes], token: str | None) -> Reply:
        live, operation, (headers, target, body) = self._live, drawn.operation, filled
        sign = operation in self._facts.signed and live.signer is not None
        reply = live.api.deliver(
            operation, target, headers, body, case=drawn.id, token=token, renew=self._renews, sign=sign
        )
        # A token that is refused although it is new will not become better by asking for more of them.
        self._renews = reply.status != 401 or token != OWN
        return reply


def _reached(status: int) -> Reached:
    if status in _NOT_REACHED:
        return "unreachable"
    return "accepted" if 200 <= status < 400 else "rejected"
