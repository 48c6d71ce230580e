"""What becomes of an accepted request: how many points move, which way, or why none do.

Decided when the request is accepted, in its order; booked and told when its time has come. Nothing in between can be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .fixtures import BURN, EARN
from .ledger import Entry, Ledger
from .programme import Programme, Rule
from .reading import Request
from .world import World

EARNING_LIMIT, REDEMPTION_LIMIT, BALANCE, UNEXPECTED = "earning_limit", "redemption_limit", "balance", "unexpected"
_LARGE_REQUEST, _LARGE_BOOKING, _CROWD = 100, 150, 20


@dataclass(frozen=True, slots=True)
class Result:
    """How one request ended.

    Attributes:
        point: Points credited or taken; None when it failed.
        reason: Why it failed, by the name under which the settings have its text; empty when it did not.
        processed_at: When it was processed and booked.
    """

    request: Request
    action: str
    point: Decimal | None
    reason: str
    transaction_id: str
    processed_at: datetime


class Processing:
    """Decides and books. `mishaps`: whether the debit was booked, for each of the next requests that end unexpectedly."""

    def __init__(self, world: World, programme: Programme, ledger: Ledger) -> None:
        self._world, self._programme, self._ledger = world, programme, ledger
        self.mishaps: list[bool] = []
        self._in_work: list[datetime] = []
        self._transaction_id = ""

    def process(self, request: Request, *, at_once: bool = False) -> Result:
        """The result of one accepted request, due after the delay that the settings name, or at once."""
        now = self._world.now()
        delay = timedelta(milliseconds=float(self._world.setting("processing.delayMilliseconds")))
        due = now if at_once else now + delay
        rule = self._programme.rules.get(request.rule_id)
        action = rule.direction if rule else EARN
        reason, point = (UNEXPECTED, Decimal(0)) if rule is None else self._decided(request, rule)
        if rule is not None and self.mishaps:
            booked = self.mishaps.pop(0)
            if booked and not reason:
                self._book(request, rule, point, due, hidden=self._world.wrong("unexpected_error_hides_its_debit"))
            reason = UNEXPECTED
        elif rule is not None and not reason:
            self._book(request, rule, point, due)
        if reason == EARNING_LIMIT and self._world.wrong("failure_costs_a_point"):
            self._ledger.enter(Entry(request.user_id, Decimal(-1), due))
        shown = EARN if self._world.wrong("action_is_always_earn") else action
        return Result(request, shown, None if reason else point, reason, self._new_transaction(), due)

    def is_beyond_balance(self, request: Request) -> bool:
        """True for a redemption of more than the user has, as far as the cap allows it at all."""
        rule = self._programme.rules.get(request.rule_id)
        if rule is None:
            return False
        point = self._within_cap(request, rule)
        return point is not None and rule.direction == BURN and self._ledger.expected(request.user_id) < point

    # --- how many ---

    def _decided(self, request: Request, rule: Rule) -> tuple[str, Decimal]:
        """Reason and points. The steps are inferred from what partial and failed results are said to mean (seed)."""
        short = self._is_short(request, rule, request.amount)
        if short and self._world.setting("burn.precedence") == "balance_first":
            return BALANCE, Decimal(0)
        point = self._within_cap(request, rule)
        if point is None:
            return (EARNING_LIMIT if rule.direction == EARN else REDEMPTION_LIMIT), Decimal(0)
        if self._is_short(request, rule, point):
            return BALANCE, Decimal(0)
        if (
            rule.direction == EARN
            and rule.cap is None
            and request.amount >= _LARGE_REQUEST
            and self._world.wrong("large_request_loses_a_point")
        ):
            return "", point - 1
        return "", point

    def _within_cap(self, request: Request, rule: Rule) -> Decimal | None:
        """The points that the cap allows, at most the amount; None when nothing is left."""
        left = self._ledger.left_of_cap(rule, request.user_id)
        if left is None:
            return request.amount
        earns = rule.direction == EARN
        if left == 0:
            spent = (
                self._world.wrong("spent_cap_still_earns") if earns else self._world.wrong("spent_cap_still_redeems")
            )
            return request.amount if spent else None
        if left == 1 and self._world.wrong("last_point_of_a_cap_is_kept"):
            return None
        beyond = self._world.wrong("earns_beyond_the_cap") if earns else self._world.wrong("redeems_beyond_the_cap")
        return request.amount if beyond else min(request.amount, left)

    def _is_short(self, request: Request, rule: Rule, points: Decimal) -> bool:
        if rule.direction != BURN:
            return False
        has = self._ledger.expected(request.user_id)
        if has == points and self._world.wrong("exact_balance_is_too_small"):
            return True
        return has < points and not self._world.wrong("small_balance_is_overdrawn")

    # --- booking ---

    def _book(self, request: Request, rule: Rule, point: Decimal, due: datetime, *, hidden: bool = False) -> None:
        earns = rule.direction == EARN
        moved = (point if earns else -point) + self._slip(request, point, earns=earns)
        at = self._world.now() if self._world.wrong("books_before_processing") else due
        self._ledger.enter(Entry(request.user_id, moved, at, rule.id, point, hidden))

    def _slip(self, request: Request, point: Decimal, *, earns: bool) -> int:
        """What a defect books beside the points that are told; 0 without one."""
        now = self._world.now()
        self._in_work = [*(at for at in self._in_work if at == now), now]
        slips = (
            ("large_earning_is_booked_short", earns and point >= _LARGE_BOOKING, -1),
            ("large_redemption_is_booked_short", not earns and point >= _LARGE_BOOKING, 1),
            (
                "redeeming_what_was_earned_costs_more",
                not earns and point == self._ledger.last_credit(request.user_id),
                -1,
            ),
            ("crowd_books_one_short", len(self._in_work) == _CROWD, -1),
        )
        return sum(slip for defect, applies, slip in slips if applies and self._world.wrong(defect))

    def _new_transaction(self) -> str:
        if not self._transaction_id or not self._world.wrong("transaction_ids_repeat"):
            self._transaction_id = self._world.new_id("txn")
        return self._transaction_id


def texts_of(world: World) -> Mapping[str, str]:
    """Reason → the text that callbacks give for it. One is published (seed), the others are settings (U-27)."""
    texts: Mapping[str, str] = world.setting("callback.errorTexts")
    return texts
