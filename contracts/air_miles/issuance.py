"""Issuance: each call through door, memory, checks and the books, in that order, and whatever was ordered to go wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from accredit import Answer, Call, Cut, Rules

from .door import Door
from .faults import Faults, Trouble
from .idempotency import Idempotency
from .issuance_amrp import AmrpCalculated
from .issuance_checks import EVENTS, Checks
from .issuance_context import Desk, NotTaken, Transaction
from .issuance_partner import PartnerCalculated
from .ledger import CREDIT, NOTE
from .offers import AMRP_OFFER
from .reading import Fields, body_of, text_at
from .refusals import refusal

_PATIENCE = 3
"""At least so many attempts in all after a 500 (public:POST)."""
_GUARDED = {"issueMiles": "parallel_issue_is_let_in", "returnItems": "parallel_return_is_let_in"}


class Issuance:
    """Answers the eight operations."""

    def __init__(self, rules: Rules, door: Door, desk: Desk, faults: Faults) -> None:
        self._rules, self._door, self._desk, self._faults = rules, door, desk, faults
        self._checks, self._memory = Checks(rules), Idempotency(rules)
        self.warnings: list[str] = []
        self._failures: Counter[str] = Counter()
        self._refused: set[bytes] = set()
        self._refused_ids: set[str] = set()
        by_partner, by_amrp = PartnerCalculated(rules, desk), AmrpCalculated(rules, desk)
        self._acts: Mapping[str, Callable[[Transaction], None]] = {
            "calculateMiles": by_amrp.calculate,
            "issueMiles": by_amrp.issue,
            "returnItems": by_amrp.take_returned,
            "recordTransaction": self._record,
            "postMiles": by_partner.post,
            "postEvent": by_partner.post_event,
            "reverseMiles": by_partner.reverse,
            "reverseEvent": by_partner.reverse_event,
        }

    @property
    def operations(self) -> frozenset[str]:
        return frozenset(self._acts)

    def answer(self, call: Call) -> Answer:
        """One request, as it is answered once everything that was ordered to go wrong has gone wrong."""
        trouble = self._faults.trouble_of(str(call.operation))
        if trouble is Trouble.FAILS_AT_ONCE:
            return self._failed(call)
        if trouble is Trouble.LOST_ON_ITS_WAY:
            return Answer(500, cut=Cut.BEFORE_THE_ANSWER)
        answer = self._answered(call)
        if trouble is Trouble.FAILS_AFTER_ACTING:
            if self._rules.wrong("failure_after_acting_is_forgotten"):
                self._memory.forget(call)
            return refusal(self._rules, 500, "the system failed")
        if trouble is Trouble.ANSWER_LOST:
            if self._rules.wrong("lost_answer_is_forgotten"):
                self._memory.forget(call)
            return replace(answer, cut=Cut.BEFORE_THE_ANSWER)
        return answer

    def _failed(self, call: Call) -> Answer:
        """A failure before anything was acted on."""
        answer = refusal(self._rules, 500, "the system failed")
        self._memory.remember(call, answer)
        key = call.headers.get("idempotency-key", "")
        self._failures[key] += 1
        if self._failures[key] == _PATIENCE and self._rules.wrong("third_failure_credits"):
            self._answered(call)
        return answer

    def _answered(self, call: Call) -> Answer:
        refused = self._door.refuse(call)
        if refused is not None:
            self._memory.remember(call, refused)
            return refused
        answer = self._memory.repeated(call)
        if answer is None:
            answer = self._taken(call)
            self._memory.remember(call, answer)
        if self._rules.wrong("answers_without_media_type"):
            return replace(answer, headers={})
        return answer

    def _taken(self, call: Call) -> Answer:
        operation, told = str(call.operation), body_of(call)
        if told is None:
            return self._refused_details(call, {}, ["the body must be a JSON object"])
        faults = self._checks.faults(operation, told)
        if not faults and self._sums_forbid(operation, told):
            faults = ["the amounts do not add up"]
        try:
            if faults:
                return self._refused_details(call, told, faults)
            self._expect_free(operation, told)
            transaction = self._desk.transaction(operation, call.environment, told)
            self._acts[operation](transaction)
        except NotTaken as no:
            return refusal(self._rules, no.status, str(no))
        return self._accepted(transaction)

    def _accepted(self, transaction: Transaction) -> Answer:
        """Nobody published a success body; this one echoes what identifies the transaction."""
        name = "clientTransactionId" if transaction.operation in EVENTS else "checkoutTransactionId"
        body = {name: transaction.id, "collectorNumber": text_at(transaction.told, "collectorNumber") or None}
        told = {key: value for key, value in body.items() if value is not None}
        return Answer.of_json(202 if transaction.settles_after else 200, told)

    def _refused_details(self, call: Call, told: Fields, faults: list[str]) -> Answer:
        """400 for wrong details (public:POST). Repeating them unchanged is pointless, but for one defect."""
        if call.body in self._refused and told and self._rules.wrong("refusal_is_forgotten_on_repeat"):
            transaction = self._desk.transaction(str(call.operation), call.environment, told)
            self._desk.book(transaction, CREDIT, 1, AMRP_OFFER)
            return self._accepted(transaction)
        self._refused.add(call.body)
        self._refused_ids.add(text_at(told, "checkoutTransactionId"))
        return refusal(self._rules, 400, "; ".join(faults))

    def _expect_free(self, operation: str, told: Fields) -> None:
        """Raises NotTaken while something else keeps the collector, or for one defect the basket, from being taken."""
        id_ = text_at(told, "checkoutTransactionId")
        if id_ and id_ in self._refused_ids and self._rules.wrong("corrected_record_is_refused"):
            raise NotTaken(400, "a transaction of this id was refused before")
        if self._is_in_flight(operation, told):
            raise NotTaken(self._rules.setting("issuance.parallel.status"), "another transaction is in flight")

    def _sums_forbid(self, operation: str, told: Fields) -> bool:
        how = self._rules.setting("basket.arithmetic")
        if how == "off" or operation in EVENTS or not self._checks.sums_are_wrong(told):
            return False
        self.warnings.append(text_at(told, "checkoutTransactionId"))
        return bool(how == "reject")

    def _is_in_flight(self, operation: str, told: Fields) -> bool:
        """No second transaction of a collector while one is in progress (public:ISSUE, public:RETURN)."""
        if operation not in self._rules.setting("issuance.parallel.operations"):
            return False
        if operation in _GUARDED and self._rules.wrong(_GUARDED[operation]):
            return False
        if self._faults.held and self._rules.wrong("one_transaction_holds_up_everybody"):
            return True
        return text_at(told, "collectorNumber") in self._faults.held

    def _record(self, transaction: Transaction) -> None:
        """Stores a transaction, and moves nothing (public:RECORD)."""
        self._desk.book(transaction, NOTE, 0, AMRP_OFFER)
        if transaction.collector and self._rules.wrong("record_credits"):
            self._desk.book(transaction, CREDIT, 1, AMRP_OFFER)
