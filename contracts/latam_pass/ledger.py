"""The programme's books: members, and accruals that settle in time. Knows nothing of HTTP."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from accredit import Rules

from .latency import drawn_latency
from .members import PRODUCTS, STRANGER, Member, named, seed
from .reading import Fields, object_at, text_at

PROCESSING, PROCESSED, CANCELLED = "PROCESSING", "PROCESSED", "CANCELLED"
REPEAT, NO_MEMBER, NO_PRODUCT = "repeat of another accrual", "no such member", "no such product"
_FIRST_ID = 192
_SLOW = timedelta(seconds=100)
"""How long the product `slow` takes: beyond the third of the published waits."""


@dataclass
class Accrual:
    """One report of points. Its fate is decided when it is received, and comes true at `settles_at`.

    Attributes:
        told: The request's body, found faultless.
        ffn: The member it is for; None when it identified nobody.
        key: What a repeat would share with it.
        reason: Why it is cancelled; empty when the fault is not the request's.
        hidden: No status query shows it.
        readings: How often a status query showed it, the last time at `asked_at`.
        final_readings: How many of those showed a final status.
    """

    id: int
    correlation_id: str
    told: Fields
    ffn: str | None
    key: str
    received_at: datetime
    settles_at: datetime
    fate: str
    reason: str = ""
    hidden: bool = False
    readings: int = 0
    asked_at: datetime | None = None
    final_readings: int = 0

    def status(self, now: datetime) -> str:
        return PROCESSING if now < self.settles_at else self.fate


class Ledger:
    """Members and accruals. Nothing happens by itself: `settle` books what has come due by the clock."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.members = seed()
        for member in self.members.values():
            rules.canaries.mark("ffn", member.ffn)
            rules.canaries.mark("document.number", member.number, "documents.number")
        self.accruals: list[Accrual] = []
        self.decided: list[tuple[str, float]] = []
        self._due: list[tuple[datetime, int, Accrual]] = []
        self._by_key: dict[str, Accrual] = {}

    # --- members ---

    def by_document(self, document: object) -> Member | None:
        """Who holds that document; of what was sent, all has to agree."""
        if not isinstance(document, dict):
            return None
        names = self._rules.setting("member.request.schema")
        for member in self.members.values():
            held = named(member.document, names)
            if names["number"] in document and all(document.get(name, value) == value for name, value in held.items()):
                return member
        return None

    def neighbour(self, member: Member) -> Member:
        """Somebody else."""
        return next(other for other in self.members.values() if other is not member)

    def credited_to(self, member: Fields) -> Member | None:
        """Whom a report is for: the code first, the document only when nobody has that code (public:ACC)."""
        code = text_at(member, "ffn") or ""
        by_code, by_document = self.members.get(code), self.by_document(member.get("document"))
        if by_code and by_document and self._rules.wrong("both_credits_document_holder"):
            return by_document
        if code and not by_code and self._rules.wrong("unknown_code_cancels"):
            return None
        found = by_code or by_document
        return self.members[STRANGER] if found is None and self._rules.wrong("credits_a_stranger") else found

    # --- accruals ---

    def accept(self, told: Fields, member: Member | None, reason: str) -> Accrual:
        """Takes a report in; final later. A `reason` cancels it, whatever was decided for the next accrual."""
        fate, delay = PROCESSED, self._delay(told)
        if self.decided:
            fate, seconds = self.decided.pop(0)
            delay = timedelta(seconds=seconds)
        now, number = self._rules.now(), len(self.accruals) + _FIRST_ID
        given = text_at(told, "correlationId") or str(uuid.UUID(int=self._rules.random.getrandbits(128), version=4))
        fate = CANCELLED if reason else fate
        accrual = Accrual(number, given, told, member.ffn if member else None, self._key(told, member),
                          now, now + delay, fate, reason)  # fmt: skip
        self.accruals.append(accrual)
        self._by_key.setdefault(accrual.key, accrual)
        early = fate == PROCESSED and self._rules.wrong("credits_while_processing")
        heappush(self._due, (now if early else accrual.settles_at, number, accrual))
        return accrual

    def original_of(self, told: Fields, member: Member | None) -> Accrual | None:
        """The accrual that this report repeats; None when it is the first of its kind."""
        return None if self._rules.wrong("credits_a_repeat") else self._by_key.get(self._key(told, member))

    def settle(self) -> None:
        """Books every accrual that has become final. Called before anything is read."""
        while self._due and self._due[0][0] <= self._rules.now():
            _, _, accrual = heappop(self._due)
            if accrual.ffn is not None and self._is_credited(accrual):
                self.members[accrual.ffn].balance += accrual.told["points"]

    def _is_credited(self, accrual: Accrual) -> bool:
        if accrual.fate == CANCELLED:
            return not accrual.reason and self._rules.wrong("cancelled_yet_credited")
        return True

    def _delay(self, told: Fields) -> timedelta:
        return _SLOW if told["productId"] == PRODUCTS["slow"] else drawn_latency(self._rules)

    def _key(self, told: Fields, member: Member | None) -> str:
        """What makes two reports one: the five data (public:V1POST). Each defect forgets one, or minds a sixth."""
        names = set(self._rules.setting("accrual.duplicate.fields"))
        if self._rules.wrong("repeat_check_ignores_points"):
            names.discard("points")
        if self._rules.wrong("repeat_check_ignores_date"):
            names.discard("partnerOriginDate")
        if self._rules.wrong("repeat_check_ignores_transaction"):
            names.discard("partnerTransactionId")
        if self._rules.wrong("repeat_check_ignores_member"):
            names.discard("ffn")
        if self._rules.wrong("repeat_escapes_by_description"):
            names.add("description")
        values = {name: self._who(told, member) if name == "ffn" else _at(told, name) for name in names}
        return json.dumps(values, sort_keys=True)

    def _who(self, told: Fields, member: Member | None) -> object:
        """The member for the duplicate rule: who was found, or only what was sent where the setting says so."""
        if member is not None and self._rules.setting("accrual.duplicate.resolveDocument"):
            return member.ffn
        sent = object_at(told, "member")
        return text_at(sent, "ffn") or sent.get("document")


def _at(told: Fields, path: str) -> object:
    *above, last = path.split(".")
    for name in above:
        told = object_at(told, name)
    return told.get(last)
