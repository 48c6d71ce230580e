"""Transaction History, a neighbour that partners may be entitled to: it shows that an issuance reached the account.

Only what is needed for that: which entries of a collector lie in a range of days (public:HISTORY).
"""

import re
import uuid
from datetime import date

from accredit import Answer, Call, Rules

from .door import Door
from .ledger import CREDIT, NOTE, Entry, Ledger
from .refusals import refusal

SPONSOR = "SIMU"
_PAGE = 20
_NUMBER = re.compile("8[0-9]{10}")


class History:
    """Answers `findActivity`."""

    def __init__(self, rules: Rules, door: Door, ledger: Ledger) -> None:
        self._rules, self._door, self._ledger = rules, door, ledger

    def answer(self, call: Call) -> Answer:
        """The collector's activity, newest first, a page of it."""
        if (refused := self._door.refuse(call)) is not None:
            return refused
        asked = {name: values[0] for name, values in call.query.items() if len(values) == 1}
        try:
            first, last = (date.fromisoformat(asked[name]) for name in ("from", "to"))
            number, sponsors = asked["collectorNumber"], asked["sponsorList"].split(",")
            page, size = int(asked.get("page", 0)), int(asked.get("size", _PAGE))
        except (KeyError, ValueError):
            return refusal(self._rules, 400, "a range of days, one collector and at least one sponsor are wanted")
        if len(asked) < len(call.query) or not _NUMBER.fullmatch(number) or not all(sponsors) or page < 0 or size < 1:
            return refusal(self._rules, 400, "collector, sponsors or page are not such as there are")
        entries = [e for e in self._ledger.of(number, call.environment) if self._is_shown(e) and first <= e.day <= last]
        shown = list(reversed(entries))[page * size :][:size] if SPONSOR in sponsors else []
        return Answer.of_json(200, {"_embedded": {"genericActivityDtoList": [_activity(e) for e in shown]}})

    def _is_shown(self, entry: Entry) -> bool:
        if entry.kind == NOTE or not self._ledger.is_settled(entry):
            return False
        return entry.kind != CREDIT or not self._rules.wrong("history_leaves_out_issuances")


def _activity(entry: Entry) -> dict[str, str]:
    """`ISSUANCE` is published as an activity type; the other is ours."""
    seed = f"{entry.environment} {entry.operation} {entry.transaction} {entry.offer} {entry.booked_at}"
    return {
        "transactionId": str(uuid.uuid5(uuid.NAMESPACE_OID, seed)),
        "memberId": str(entry.collector),
        "cardNumber": str(entry.collector),
        "activityType": "ISSUANCE" if entry.kind == CREDIT else "REVERSAL",
        "transactionDate": entry.day.isoformat(),
    }
