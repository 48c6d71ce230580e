"""Looks into a member's books before and after requests that were refused: nothing may have moved in between."""

from dataclasses import dataclass, field, replace
from typing import Any

from accredit.model.fuzzing import Profile
from accredit.suite.fuzzing.books import Bookkeeper
from accredit.suite.fuzzing.findings import Findings, UnderWay
from accredit.suite.fuzzing.generator import Drawn, Failed
from accredit.suite.fuzzing.sending import Sender, Sent

_CHECK = "refused_moves_nothing"
_LENGTH = 10
"""Refused requests between two looks into the books, where those can be read at once."""
UNREAD = "what a member has could not be read, so nothing shows that refused requests move nothing"


@dataclass
class Span:
    """Requests between two looks into the books.

    Attributes:
        unclear: How many got no answer that says what has become of them.
    """

    before: Any
    refused: list[Drawn] = field(default_factory=list)
    unclear: int = 0

    def add(self, sent: Sent) -> None:
        """What never reached the API moves nothing, and is nobody's fault."""
        if sent.is_refused:
            self.refused.append(sent.drawn)
        elif sent.is_unclear:
            self.unclear += 1


class Watch:
    """Accuses refused requests of having moved something, and none that nobody answered."""

    def __init__(self, profile: Profile, books: Bookkeeper, sender: Sender, findings: Findings) -> None:
        self._profile, self._books, self._sender, self._findings = profile, books, sender, findings

    def begin(self, operation: str) -> Span | None:
        """A look into the books; None where the provider does not tell what an operation moves."""
        return Span(self._books.read()) if self._books.watches(operation) else None

    def is_long(self, span: Span) -> bool:
        return not self._books.is_slow and len(span.refused) + span.unclear >= _LENGTH

    def end(self, under_way: UnderWay, span: Span) -> None:
        """Another look: nothing has moved while everything was refused, or it is found."""
        if not span.refused:
            return
        after = self._books.read()
        if span.before is None or after is None:
            under_way.stumbles(UNREAD)
            return
        under_way.checks[_CHECK] += 1
        if after != span.before and not any(finding.check == _CHECK for finding in under_way.findings):
            self._accuse(under_way, span, after)

    def one(self, span: Span, sent: Sent) -> None:
        """Another look, after a single request."""
        if not sent.is_refused:
            return
        after = self._books.read()
        if span.before is None or after is None:
            sent.trouble = UNREAD
        elif after != span.before:
            sent.failed.append(_moved(span.before, after, 1, alone=True))

    def _accuse(self, under_way: UnderWay, span: Span, after: Any) -> None:
        refused = len(span.refused)
        if (culprit := self._culprit(span)) is not None:
            self._findings.find(under_way, culprit, _moved(span.before, after, 1, alone=True))
        elif span.unclear:
            under_way.stumbles(f"the member has something else than before: {refused} requests were refused, of which none moves "
                               f"anything by itself, and {span.unclear} got no clear answer")  # fmt: skip
        else:
            nobody = Sent(replace(span.refused[0], id=""), None, "rejected")
            self._findings.find(under_way, nobody, _moved(span.before, after, refused, alone=False))

    def _culprit(self, span: Span) -> Sent | None:
        """The first of the refused requests that is refused again, and moves something by itself."""
        for drawn in span.refused[: self._profile.smaller]:
            before, sent = self._books.read(), self._sender.send(drawn)
            if sent.is_refused and before is not None and self._books.read() not in (None, before):
                return sent
        return None


def _moved(before: Any, after: Any, refused: int, *, alone: bool) -> Failed:
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
    return Failed(_CHECK, "moved", f"The member has {what} than before, though {requests} refused{none_alone}.")
