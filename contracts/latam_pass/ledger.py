"""The programme's books: members, accruals that settle in time, and cobrand life cycles. Knows nothing of HTTP."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from .members import PRODUCTS, SOMEBODY_ELSE, STRANGER, Member, seed

PROCESSING, PROCESSED, CANCELLED = "PROCESSING", "PROCESSED", "CANCELLED"
_SLOW = timedelta(seconds=100)


@dataclass
class Accrual:
    """One request for points. Its fate is decided when it is received and comes true at `settles_at`."""

    id: int
    correlation_id: str
    told: Mapping[str, Any]
    ffn: str
    received_at: datetime
    settles_at: datetime
    fate: str
    booked: bool = False
    hidden: bool = False
    final_readings: int = 0

    def status(self, now: datetime) -> str:
        return PROCESSING if now < self.settles_at else self.fate


@dataclass
class Ledger:
    """Everything the programme knows. `wrong` says whether a defect is on; `setting` gives a setting's value."""

    now: Callable[[], datetime]
    setting: Callable[[str], Any]
    wrong: Callable[[str], bool]
    random: Random
    members: dict[str, Member] = field(default_factory=seed)
    accruals: list[Accrual] = field(default_factory=list)
    firsts: dict[tuple[Any, ...], Accrual] = field(default_factory=dict)
    cards: dict[tuple[str, str, str], str] = field(default_factory=dict)
    decided: list[tuple[str, float]] = field(default_factory=list)

    # --- members ---

    def by_document(self, document: Mapping[str, Any] | None) -> Member | None:
        number = (document or {}).get("number")
        return next((m for m in self.members.values() if m.number == number), None)

    def neighbour(self, member: Member) -> Member:
        """Somebody else."""
        return next(m for m in self.members.values() if m is not member)

    def credited_to(self, ffn: str | None, document: Mapping[str, Any] | None) -> Member | None:
        """Whom an accrual is for: the code first, the document only when nobody has that code (public:ACC)."""
        by_code, by_document = self.members.get(ffn or ""), self.by_document(document)
        if self.wrong("both_credits_document_holder") and by_code and by_document:
            return by_document
        if self.wrong("unknown_code_cancels") and ffn and not by_code:
            return None
        found = by_code or by_document
        return self.members[STRANGER] if found is None and self.wrong("credits_a_stranger") else found

    # --- accruals ---

    def accept(self, told: Mapping[str, Any], member: Member | None, *, cancelled: bool = False) -> Accrual:
        """Takes an accrual in. It is final later, after a time drawn from the published shares."""
        now, fate = self.now(), CANCELLED if cancelled or member is None else PROCESSED
        delay = self._delay(str(told.get("productId")))
        if self.decided:
            fate, seconds = self.decided.pop(0)
            delay = timedelta(seconds=seconds)
        accrual = Accrual(len(self.accruals) + 192, str(told.get("correlationId") or uuid.UUID(int=self.random.getrandbits(128), version=4)),
                          told, member.ffn if member else "", now, now + delay, fate)  # fmt: skip
        self.accruals.append(accrual)
        self.firsts.setdefault(self._key(told, member), accrual)
        return accrual

    def settle(self) -> None:
        """Books every accrual whose time has come. Called before anything is read."""
        now = self.now()
        for accrual in self.accruals:
            member = self.members.get(accrual.ffn)
            final = accrual.status(now) != PROCESSING or (
                self.wrong("credits_while_processing") and accrual.settles_at - accrual.received_at >= _SLOW
            )
            if accrual.booked or member is None or not final:
                continue
            accrual.booked = True
            if accrual.fate == PROCESSED or (self.wrong("cancelled_yet_credited") and accrual.told.get("productId") in PRODUCTS.values()
                                             and not self.repeats(accrual)):  # fmt: skip
                member.balance += int(accrual.told["points"])

    def original_of(self, told: Mapping[str, Any], member: Member | None) -> Accrual | None:
        """The accrual that this one repeats: the same five data (public:V1POST)."""
        return None if self.wrong("credits_a_repeat") else self.firsts.get(self._key(told, member))

    def repeats(self, accrual: Accrual) -> bool:
        """True when an earlier accrual has the same five data."""
        return self.firsts[self._key(accrual.told, self.members.get(accrual.ffn))] is not accrual

    def matching(self, query: Mapping[str, str]) -> list[Accrual]:
        """The partner's accruals that the filters select, oldest first."""
        fields: dict[str, Callable[[Accrual], str]] = {
            "correlationId": lambda a: a.correlation_id,
            "partnerTransactionId": lambda a: str(a.told.get("partnerTransactionId")),
            "partnerAccrualId": lambda a: str(a.told.get("partnerAccrualId")),
            "id": lambda a: str(a.id),
            "ffn": lambda a: a.ffn,
        }
        asked = {name: value for name, value in query.items() if name in fields}
        visible = [a for a in self.accruals if a.told["partner"]["id"] == query["partnerIdentifier"] and not a.hidden]
        found = [a for a in visible if all(fields[name](a) == value for name, value in asked.items())]
        return found + list(self._leaked(asked, visible, found))

    def _leaked(
        self, asked: Mapping[str, str], visible: Sequence[Accrual], found: Sequence[Accrual]
    ) -> Iterator[Accrual]:
        leaks = {"correlationId": "correlation_filter_leaks", "partnerTransactionId": "transaction_filter_leaks",
                 "partnerAccrualId": "accrual_filter_leaks"}  # fmt: skip
        if found and any(self.wrong(leaks[name]) for name in asked if name in leaks):
            told = {**found[0].told, "partnerTransactionId": "of-somebody-else", "partnerAccrualId": "of-somebody-else"}
            yield Accrual(
                1,
                str(uuid.UUID(int=1)),
                told,
                SOMEBODY_ELSE,
                found[0].received_at,
                found[0].settles_at,
                PROCESSED,
                booked=True,
            )

    def _key(self, told: Mapping[str, Any], member: Member | None) -> tuple[Any, ...]:
        """The five data of the duplicate rule; each defect forgets or adds one."""
        resolved = member is not None and (self.setting("accrual.duplicate.resolveDocument") or "ffn" in told["member"])
        key = {
            "ffn": member.ffn if member and resolved else str(told["member"].get("ffn", "")),
            "partner.id": told["partner"]["id"],
            "partnerTransactionId": told["partnerTransactionId"],
            "partnerOriginDate": told["partnerOriginDate"],
            "points": told["points"],
        }
        for defect, name in (("repeat_check_ignores_points", "points"), ("repeat_check_ignores_date", "partnerOriginDate"),
                             ("repeat_check_ignores_transaction", "partnerTransactionId"), ("repeat_check_ignores_member", "ffn")):  # fmt: skip
            if self.wrong(defect):
                del key[name]
        if self.wrong("repeat_escapes_by_description"):
            key["description"] = told.get("description")
        return tuple(key.values())

    def _delay(self, product: str) -> timedelta:
        """How long until final: drawn from the published share that is final by each age."""
        if product == PRODUCTS["slow"]:
            return _SLOW
        chance, youngest, reached = self.random.random(), 0.0, 0.0
        for age, share in self.setting("accrual.latencyShares"):
            if chance <= share:
                return timedelta(seconds=youngest + (age - youngest) * (chance - reached) / (share - reached))
            youngest, reached = age, share
        return timedelta(seconds=youngest)

    # --- cobrand: (member, bank, card) is NONE, ACTIVE or ENDED ---

    def begin(self, ffn: str, bank: str, card: str) -> bool:
        """Begins or resumes a life cycle; False when it was refused."""
        key, state = (ffn, bank, card), self.cards.get((ffn, bank, card), "NONE")
        if (state == "NONE" and self.wrong("begin_refused")) or (state == "ENDED" and self.wrong("unlock_refused")):
            return False
        if state == "ACTIVE" and self.wrong("repeated_begin_ends_the_card"):
            self.cards[key] = "ENDED"
        elif not (state == "ENDED" and self.wrong("second_begin_is_forgotten")):
            self.cards[key] = "ACTIVE"
        self._grant(ffn)
        return True

    def end(self, ffn: str, bank: str, card: str) -> bool:
        """Ends a life cycle; False when none is active for this member, bank and card."""
        key = (ffn, bank, card)
        if self.cards.get(key) != "ACTIVE" and not (self.wrong("ends_what_never_began") and key not in self.cards):
            return False
        for other in self.cards:
            same_bank, same_card = other[:2] == key[:2], (other[0], other[2]) == (ffn, card)
            if self.wrong("cards_share_a_life_cycle") and same_bank:
                self.cards[other] = "ENDED"
            if self.wrong("banks_share_a_life_cycle") and same_card:
                self.cards[other] = "ENDED"
        self.cards[key] = "ENDED"
        self._grant(ffn)
        return True

    def _grant(self, ffn: str) -> None:
        """The member's benefit: a segment for each bank with an active card."""
        banks = {bank for (code, bank, _), state in self.cards.items() if code == ffn and state == "ACTIVE"}
        member = self.members[ffn]
        kept = member.banks if self.wrong("benefit_outlives_the_card") else set[str]()
        member.banks = set() if self.wrong("benefit_never_appears") else banks | kept
