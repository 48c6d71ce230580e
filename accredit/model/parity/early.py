"""Whether somebody looked too early: at a state on the way, sooner after the last change than it takes to settle."""

from collections.abc import Sequence
from datetime import datetime

from accredit.model.exchange import Exchange
from accredit.model.parity.exchanges import Known
from accredit.model.parity.messages import response_of


def is_early(exchange: Exchange, scenario: Sequence[Exchange], known: Known) -> bool:
    """Of an answer to a polled operation. Where it shows a state on the way and there was time enough, it is not early: it is late."""
    polled = known.facts.polled_of(exchange.operation)
    came = response_of(exchange)
    if polled is None or came is None or not polled.on_the_way:
        return False
    states = {str(value) for value in came.places.get(polled.place, ())}
    if not states & set(polled.on_the_way):
        return False
    changed = _last_change(exchange, scenario, known)
    waited = (_moment(exchange) - _moment(changed)).total_seconds() if changed else 0
    return waited < polled.settles_within


def _last_change(exchange: Exchange, scenario: Sequence[Exchange], known: Known) -> Exchange | None:
    changing = {operation.id for operation in known.contract.operations if operation.effect == "writes"}
    before = [e for e in scenario if e.operation in changing and e.number < exchange.number]
    return before[-1] if before else None


def _moment(exchange: Exchange) -> datetime:
    return datetime.fromisoformat(exchange.sent_at)
