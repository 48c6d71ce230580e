"""Results on their way to the partner: what a callback says (seed), when it is sent, and how scenarios have it go astray."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accredit import Delivery, Outbox

from .fixtures import EARN
from .ledger import Entry, Ledger
from .processing import UNEXPECTED, Result, texts_of
from .world import World

Told = dict[str, Any]
_NEXT = timedelta(seconds=1)
_UNKNOWN_FIELDS = {"campaign": {"name": "autumn", "steps": [1, 2]}, "schema": 7}
_FAR_TOO_MUCH = 8 * 1024 * 1024
"""Bytes: more than any receiver should read."""


class Results:
    """Sends each result to the address its request named.

    `faults`: what befalls the next results, one each: a name, and what it needs to know. `scatter`: seconds by which results
    are delayed at random.
    """

    def __init__(self, world: World, ledger: Ledger, outbox: Outbox) -> None:
        self._world, self._ledger, self._outbox = world, ledger, outbox
        self.faults: list[tuple[str, Any]] = []
        self.scatter = 0.0
        self._held: Result | None = None
        self._first_urls: dict[str, str] = {}
        self._befall: Mapping[str, Callable[[Result, Any], None]] = {
            "delay": self._delay,
            "drop": self._drop,
            "repeat": self._repeat,
            "hurry": self._hurry,
            "swap": self._swap,
            "contradict": self._contradict,
            "forge": self._forge,
            "dress": self._dress,
            "reword": self._reword,
            "digits": self._digits,
            "garble": self._garble,
            "swell": self._swell,
        }

    @property
    def next_overtakes(self) -> bool:
        """True when the next result is to be sent before the answer to its request."""
        return bool(self.faults) and self.faults[0][0] == "hurry"

    def send(self, result: Result) -> None:
        """Sends a result when it is due, or lets happen to it what a scenario asked for."""
        if self.faults:
            name, detail = self.faults.pop(0)
            self._befall[name](result, detail)
            return
        delay = timedelta(seconds=self._world.random.uniform(0, self.scatter))
        self._post(result, self.told(result), result.processed_at + delay)

    def send_stray(self, url: str, client_id: str, user_id: str, rule_id: str, request_id: str) -> None:
        """A success of 10 points for a request that nobody made."""
        told = self._echoed(EARN, client_id, user_id, request_id, rule_id)
        told |= {"point": 10, "transactionId": self._world.new_id("txn")}
        told |= {"timestamp": self._stamp(self._world.now()), "status": "success"}
        if self._world.wrong("stray_result_is_booked"):
            self._ledger.enter(Entry(user_id, Decimal(10), self._world.now()))
        self._send(url, _bytes(told))

    def told(self, result: Result) -> Told:
        """What the callback says: nine fields of a success, eight of a failure."""
        request = result.request
        told = self._echoed(result.action, request.client.id, request.user_id, request.request_id, request.rule_id)
        if result.point is not None:
            told |= {"point": json_number(result.point), "transactionId": result.transaction_id}
        told["timestamp"] = self._stamp(self._moment(result))
        told["status"] = "success" if result.point is not None else "failed"
        if result.point is None:
            told["errorMessage"] = texts_of(self._world)[result.reason]
        return told

    # --- what befalls a result ---

    def _delay(self, result: Result, seconds: float) -> None:
        if seconds > self._world.setting("callback.waitSeconds") and self._world.wrong("late_result_is_lost"):
            return
        self._post(result, self.told(result), result.processed_at + timedelta(seconds=seconds))

    def _drop(self, result: Result, _: None) -> None:
        if self._world.wrong("undelivered_result_is_not_shown"):
            self._ledger.amend_last(result.request.user_id, hidden=True)

    def _repeat(self, result: Result, _: None) -> None:
        told = self.told(result)
        for number in range(1 + int(self._world.setting("callback.duplicates"))):
            self._post(result, told, result.processed_at + number * _NEXT)
        if self._world.wrong("repeated_result_is_booked_again"):
            self._ledger.enter(Entry(result.request.user_id, result.point or Decimal(0), result.processed_at + _NEXT))

    def _hurry(self, result: Result, _: None) -> None:
        self._send(self._url(result), _bytes(self.told(result)), early=True)
        if self._world.wrong("early_result_is_not_booked"):
            self._ledger.amend_last(result.request.user_id, points=Decimal(0))

    def _swap(self, result: Result, _: None) -> None:
        """Two faults of this name follow one another; what the first holds back is sent after the second."""
        if self._held is None:
            self._held = result
            return
        first, self._held = self._held, None
        told, then_told = self.told(result), self.told(first)
        if self._world.wrong("swapped_results_trade_points"):
            told["point"], then_told["point"] = then_told.get("point"), told.get("point")
        self._post(result, told, result.processed_at)
        self._post(first, then_told, result.processed_at + _NEXT)

    def _contradict(self, result: Result, _: None) -> None:
        self._post(result, self.told(result), result.processed_at)
        later = result.processed_at + _NEXT
        self._post(result, self.told(replace(result, point=None, reason=UNEXPECTED, processed_at=later)), later)
        if self._world.wrong("contradiction_takes_the_points_back"):
            self._ledger.enter(Entry(result.request.user_id, -(result.point or Decimal(0)), later))

    def _forge(self, result: Result, changed: tuple[str, str]) -> None:
        """The true result, and after it one that somebody forged."""
        told = self.told(result)
        self._post(result, told, result.processed_at)
        self._post(result, told | dict([changed]), result.processed_at + _NEXT)
        if self._world.wrong("forged_result_is_booked"):
            self._ledger.enter(Entry(result.request.user_id, result.point or Decimal(0), result.processed_at + _NEXT))

    def _dress(self, result: Result, _: None) -> None:
        told = self.told(result) | _UNKNOWN_FIELDS
        if self._world.wrong("unknown_fields_displace_the_status"):
            told["status"] = "done"
        self._post(result, told, result.processed_at)

    def _reword(self, result: Result, text: str) -> None:
        told = self.told(result)
        if "errorMessage" in told:
            told["errorMessage"] = text
        self._post(result, told, result.processed_at)

    def _digits(self, result: Result, digits: int) -> None:
        told = self.told(result) | {"timestamp": self._stamp(self._moment(result), digits)}
        if not digits and self._world.wrong("whole_seconds_are_of_another_zone"):
            told["timestamp"] = self._stamp(self._moment(result) + timedelta(hours=7), 0)
        self._post(result, told, result.processed_at)

    def _garble(self, result: Result, _: None) -> None:
        body = _bytes(self.told(result))
        self._send(self._url(result), body[: len(body) // 2], result.processed_at)
        self._lose_if_unreadable(result)

    def _swell(self, result: Result, _: None) -> None:
        self._send(self._url(result), _bytes(self.told(result) | {"note": "x" * _FAR_TOO_MUCH}), result.processed_at)
        self._lose_if_unreadable(result)

    def _lose_if_unreadable(self, result: Result) -> None:
        if self._world.wrong("unreadable_result_is_not_booked"):
            self._ledger.amend_last(result.request.user_id, points=Decimal(0))

    # --- sending ---

    def _post(self, result: Result, told: Told, at: datetime) -> None:
        self._send(self._url(result), _bytes(told), at)

    def _send(
        self, url: str, body: bytes, at: datetime | None = None, *, attempt: int = 0, early: bool = False
    ) -> None:
        def told_of(status: int | None) -> None:
            if not self._acknowledges(status) and attempt < self._world.setting("callback.retries"):
                pause = timedelta(seconds=float(self._world.setting("callback.retrySeconds")) * 2**attempt)
                self._send(url, body, self._world.now() + pause, attempt=attempt + 1)

        delivery = Delivery("pointsResult", url, body, {"content-type": "application/json"}, told_of)
        self._outbox.post(delivery, at, early=early)

    def _acknowledges(self, status: int | None) -> bool:
        if status is None:
            return False
        return status == 200 or (self._world.setting("callback.acknowledgedBy") == "2xx" and 200 <= status < 300)

    def _url(self, result: Result) -> str:
        """The address of that very request (seed)."""
        url = self._first_urls.setdefault(result.request.client.id, result.request.callback_url)
        return url if self._world.wrong("results_go_to_the_first_address") else result.request.callback_url

    # --- fields ---

    def _echoed(self, action: str, client_id: str, user_id: str, request_id: str, rule_id: str) -> Told:
        if self._world.wrong("request_ids_come_back_in_small_letters"):
            request_id = request_id.lower()
        if self._world.setting("users.idMap") == "mapped":
            user_id = f"abc-{user_id}"
        return {"action": action, "clientId": client_id, "userId": user_id, "requestId": request_id, "ruleId": rule_id}

    def _moment(self, result: Result) -> datetime:
        """Of processing; a failed one may lie a day back, where that is the defect."""
        at = result.processed_at if self._world.setting("timestamp.moment") == "processing" else self._world.now()
        if result.point is None and self._world.wrong("failures_are_dated_a_day_back"):
            return at - timedelta(days=1)
        return at

    def _stamp(self, at: datetime, digits: int | None = None) -> str:
        """`2024-04-12T07:41:26.633135053Z`. The clock has six digits; chance adds the last three."""
        wanted = int(self._world.setting("timestamp.digits")) if digits is None else digits
        fraction = f"{at.microsecond:06d}{self._world.random.randrange(1000):03d}"[:wanted]
        return f"{at:%Y-%m-%dT%H:%M:%S}{'.' if fraction else ''}{fraction}Z"


def json_number(value: Decimal) -> int | float:
    """As JSON writes it, unquoted: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def _bytes(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
