"""One preflight under way: each question asked once, its answer journalled; what depends on one that was not yes is not asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from accredit.model.errors import AccreditError
from accredit.model.exchange import Exchange
from accredit.model.preflight import Check, unknown
from accredit.suite.live import Live
from accredit.wire.reply import Reply

_SHOWN = 160
LEAST_BYTES = 64 * 1024 * 1024
"""Free on the disk before a run begins. A run in certification leaves some megabytes; sealing takes as much again."""


def machine_time() -> datetime:
    """The machine's own clock, also where a rehearsal's runs faster: certificates and `Date` go by it."""
    return datetime.now(UTC)


@dataclass
class Asking:
    """What was found out so far.

    Attributes:
        now: The machine's clock.
        budget: A budget's file to look at, where the run itself has none.
        token_trouble: Why no token was granted; empty when one was, or when nobody has asked.
        token_window: Machine time before and after the token call.
        replies: What lookups drew: kind → role → answer, or why there is none.
    """

    live: Live
    now: Callable[[], datetime] = machine_time
    least_bytes: int = LEAST_BYTES
    budget: Path | None = None
    checks: list[Check] = field(default_factory=list)
    token_trouble: str = ""
    token_window: tuple[datetime, datetime] | None = None
    replies: dict[str, dict[str, Reply | str]] = field(default_factory=dict)

    def ask(
        self, name: str, question: Callable[["Asking"], Check], *, after: tuple[str, ...] = (), about: str = ""
    ) -> None:
        """Asks, unless something that comes first was not answered yes. An error of ours is no answer of the provider's."""
        check = self._hindered(name, after)
        if check is None:
            try:
                check = question(self)
            except AccreditError as trouble:
                check = unknown(name, str(trouble))
        self._tell(replace(check, about=about) if about else check)

    def said_yes(self, name: str) -> bool:
        return any(check.name == name and check.is_yes for check in self.checks)

    @property
    def last(self) -> Exchange | None:
        """The exchange that went out last."""
        return next((e for e in reversed(self.live.line.exchanges) if e.direction == "outgoing"), None)

    def _hindered(self, name: str, after: tuple[str, ...]) -> Check | None:
        first = next((other for other in after if not self.said_yes(other)), None)
        return None if first is None else unknown(name, f"not asked, since {first} was not answered yes")

    def _tell(self, check: Check) -> None:
        reason, step = self.live.mask.texts([check.reason, check.step])
        self.checks.append(replace(check, reason=reason, step=step))
        self.live.journal.append(self.checks[-1].to_record())


def said_in(exchange: Exchange) -> str:
    """The beginning of what was answered, masked as it is on record: ` (it said {"error": "access_denied"})`."""
    body = exchange.response.body if exchange.response else ""
    text = body if isinstance(body, str) else json.dumps(body)
    shown = " ".join(text.split())
    return f" (it said {shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''})" if shown else ""
