"""Reports of points: refused or acknowledged at once, credited or cancelled later (public:ACC, public:V1POST)."""

import re
from collections.abc import Callable
from datetime import datetime

from accredit import Answer, Call, Rules

from .ledger import NO_MEMBER, NO_PRODUCT, REPEAT, Accrual, Ledger
from .members import PARTNER_ID, PRODUCTS
from .reading import (
    LONGEST_ID,
    Faults,
    Fields,
    body_of,
    faulty_identity,
    missing,
    not_text,
    object_at,
    text_at,
    too_long,
    whole_number,
)
from .refusals import INVALID, api_error

_PARTNER_IDS = ("partnerAccrualId", "partnerTransactionId")
_INTERFACE = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Accruals:
    """The operation requestAccrual."""

    def __init__(self, rules: Rules, ledger: Ledger, watch: Callable[[Accrual], None]) -> None:
        self._rules, self._ledger, self._watch = rules, ledger, watch

    def answer(self, call: Call) -> Answer:
        told = body_of(call)
        if faults := self._faults(told):
            details = None if self._rules.wrong("accrual_refusal_names_no_field") else faults
            return api_error(self._rules, 400, details=details)
        if text_at(told, "partner.id") != PARTNER_ID:
            return api_error(self._rules, 403, "Partner not allowed", {"partner.id": "is not this APP's partner"})
        return self._taken({**told, "points": whole_number(told["points"])})

    def _taken(self, told: Fields) -> Answer:
        """Who, which product, and whether it is a repeat: what fails does so at once or later, as the settings say."""
        member = self._ledger.credited_to(told["member"])
        if member is None and self._rules.setting("accrual.unknownMember") == "sync404":
            return api_error(self._rules, 404, "Member not found")
        foreign = told["productId"] not in PRODUCTS.values() and not self._rules.wrong("credits_unknown_product")
        if foreign and self._rules.setting("accrual.badProduct") == "sync400":
            return api_error(self._rules, 400, details={"productId": "is not registered under partner.id"})
        original, policy = self._ledger.original_of(told, member), self._rules.setting("accrual.duplicate")
        if original is not None and policy in ("sync409", "sync400"):
            status = int(policy.removeprefix("sync"))
            return api_error(self._rules, status, INVALID if status == 400 else "Accrual already received")
        if original is not None and policy == "returnOriginal":
            return self._acknowledged(original)
        reason = REPEAT if original else NO_MEMBER if member is None else NO_PRODUCT if foreign else ""
        accrual = self._ledger.accept(told, member, reason)
        self._watch(accrual)
        return self._acknowledged(accrual)

    def _acknowledged(self, accrual: Accrual) -> Answer:
        """Received, not more: `id` is the proof (public:V1POST). Both partner ids are echoed, which is inferred."""
        told, member = accrual.told, accrual.told["member"]
        status = accrual.status(self._rules.now())
        known = {"id": accrual.id, "correlationId": accrual.correlation_id, "status": status}
        answer = {name: known[name] for name in self._rules.setting("accrual.ack.schema") if name in known}
        answer |= {name: told[name] for name in _PARTNER_IDS}
        if "document" not in member and self._rules.wrong("ack_by_code_lacks_id"):
            answer.pop("id", None)
        if "ffn" not in member and self._rules.wrong("ack_by_document_lacks_id"):
            answer.pop("id", None)
        return Answer.of_json(self._rules.setting("accrual.successStatus"), answer)

    # --- what can be wrong with a report ---

    def _faults(self, told: Fields) -> Faults:
        faults = missing(told, "partner.id") | missing(told, "productId") | self._faulty_member(told)
        for name in _PARTNER_IDS:
            faults |= missing(told, name) or too_long(told, name, self._longest_id())
        if "description" not in told:
            faults["description"] = "must not be null"
        faults |= too_long(told, "description", self._rules.setting("accrual.limits.description"))
        faults |= not_text(told, "", ("description", "correlationId"))
        return faults | self._faulty_points(told) | _faulty_moment(told) | self._faulty_interface(told)

    def _faulty_member(self, told: Fields) -> Faults:
        member = object_at(told, "member")
        names = self._rules.setting("member.request.schema")
        faults = faulty_identity(member, "ffn", "document", names, "member.") | not_text(member, "member.", ("email",))
        if "ffn" not in member and "document" not in member:
            faults = missing(told, "member.ffn")  # alone, as in the published example
        if self._rules.setting("accrual.email.required"):
            faults |= missing(told, "member.email")
        return faults

    def _longest_id(self) -> int:
        if self._rules.wrong("refuses_50_characters"):
            return LONGEST_ID - 1
        return LONGEST_ID + 1 if self._rules.wrong("accepts_51_characters") else LONGEST_ID

    def _faulty_points(self, told: Fields) -> Faults:
        """A whole number above 0; at most the setting, where that is not 0."""
        points, most = whole_number(told.get("points")), self._rules.setting("accrual.limits.points")
        if points is None or points <= 0:
            return {"points": "must be a whole number greater than 0"}
        return {"points": f"must be less than or equal to {most}"} if most and points > most else {}

    def _faulty_interface(self, told: Fields) -> Faults:
        """Fixed in v1; in v2 wanted only where the setting says so, yet never another."""
        if "interfaceId" not in told and not self._rules.setting("accrual.interfaceId.required"):
            return {}
        right = told.get("interfaceId") == _INTERFACE and not isinstance(told["interfaceId"], bool)
        return {} if right else {"interfaceId": f"must be {_INTERFACE}"}


def _faulty_moment(told: Fields) -> Faults:
    """`2022-06-19T17:10:36.177-04:00`: the offset is part of it."""
    name = "partnerOriginDate"
    moment = text_at(told, name)
    if moment is None:
        return missing(told, name)
    try:
        if _MOMENT.fullmatch(moment) and datetime.fromisoformat(moment.upper()).tzinfo is not None:
            return {}
    except ValueError:
        pass
    return {name: "must be a date-time with offset"}
