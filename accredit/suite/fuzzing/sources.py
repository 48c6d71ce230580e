"""Where bound values come from: `member:earning:userId` and the like, read for one partner in one run.

What is new for each request (`id:earn`, `moment:-60`, `callback:pointsResult`) and what is secret is drawn as a mark, and put in
when the request is sent: the same seed then gives the same cases, whenever and wherever they run.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

from accredit.model.errors import UsageError
from accredit.suite.partner import Partner
from accredit.wire.clock import Clock

MARK = "accredit-new-"


class Sources:
    """Values by what `fuzzing.toml` calls them.

    Args:
        callback: Tells the URL that the provider calls back at.
    """

    def __init__(self, partner: Partner, clock: Clock, callback: Callable[[], str]) -> None:
        self._partner, self._clock, self._callback = partner, clock, callback
        self._marks: dict[str, Callable[[], str]] = {}

    def value(self, told: str) -> Any:
        """The value, or the mark of one that is made anew for each request.

        Raises:
            UsageError: there is no such source.
            CannotJudge: nobody plays that role.
        """
        kind, _, rest = told.partition(":")
        role, _, field = rest.partition(":")
        partner = self._partner
        plain: Mapping[str, Callable[[], Any]] = {
            "text": lambda: rest,
            "setting": lambda: partner.setting(rest),
            "partner": lambda: partner.id,
            "member": lambda: partner.member(role)[field],
            "product": lambda: partner.product(rest),
            "bank": lambda: partner.bank(rest),
            "card": lambda: partner.card(role)[field] if field else partner.card(role),
        }
        if kind in plain:
            try:
                return plain[kind]()
            except KeyError:
                raise UsageError(f"fuzzing.toml: {told!r} leads nowhere; see the roles in accredit.toml.") from None
        return self._mark(kind, rest)

    def marked(self, body: bytes) -> bool:
        """True when something in it has to be put in."""
        return MARK.encode() in body

    def fill(self, text: str, *, in_url: bool) -> str:
        """The text with something new in place of each mark."""
        for mark, make in self._marks.items():
            if mark in text:
                value = make()
                text = text.replace(mark, quote(value, safe="") if in_url else value)
        return text

    def _mark(self, kind: str, rest: str) -> str:
        makers: Mapping[str, Callable[[], str]] = {
            "secret": lambda: self._partner.secret(rest),
            "id": lambda: self._partner.new_id(rest),
            "moment": lambda: self._moment(float(rest)),
            "callback": self._callback,
        }
        if kind not in makers:
            raise UsageError(
                f"fuzzing.toml: {kind!r} is no source; see accredit/suite/fuzzing/sources.py for those there are."
            )
        mark = f"{MARK}{kind}{rest}"
        self._marks[mark] = makers[kind]
        return mark

    def _moment(self, seconds: float) -> str:
        at = (self._clock.now() + timedelta(seconds=seconds)).astimezone(UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
