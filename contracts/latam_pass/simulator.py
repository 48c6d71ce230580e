"""LATAM Pass enacted: what each operation answers over the ledger, the defects it can be given, and its control channel.

Whatever the provider did not publish is a setting of `provider.toml`; nothing here decides it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from accredit import Answer, Call, Cut, Setup

from .defects import DEFECTS
from .door import Door, api_error
from .ledger import CANCELLED, PROCESSED, PROCESSING, Accrual, Ledger
from .members import PARTNER_ID, PRODUCTS, Member, roles, seed

LONGEST_ID = 50
Fields = Mapping[str, Any]


class Simulator:
    """One LATAM Pass, both its environments."""

    DEFECTS: ClassVar[Mapping[str, str]] = DEFECTS

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._door = Door(setup.now, self._setting, self._wrong, setup.random)
        self._ledger = Ledger(setup.now, self._setting, self._wrong, setup.random)
        self._scopes = set(next(iter(seed().values())).released())
        self._lost: list[tuple[str, bool]] = []
        self._operations: Mapping[str, Callable[[Call], Answer]] = {
            "requestToken": self._door.grant,
            "searchMember": self._search,
            "requestAccrual": self._accrue,
            "getAccruals": self._status,
            "beginCobrand": self._begin,
            "endCobrand": self._end,
        }

    def access(self, environment: str) -> Mapping[str, str]:
        """client_id and client_secret of that environment's APP."""
        return self._door.secrets[environment]

    def roles(self, environment: str) -> Mapping[str, Any]:
        """Who plays which role; the same people in both environments."""
        claims = ["cobrand", *(f"scope:{scope}" for scope in sorted(self._scopes))]
        return {"partner_id": PARTNER_ID, "capabilities": claims, **roles()}

    def answer(self, call: Call) -> Answer:
        """Answers one request."""
        self._ledger.settle()
        if (refused := self._door.admit(call)) is not None:
            return refused
        enact = self._operations.get(call.operation or "")
        if enact is None:
            return Answer.of_text(404, "no such operation")
        lost = next((entry for entry in self._lost if entry[0] == call.operation), None)
        if lost is None:
            return enact(call)
        self._lost.remove(lost)
        answer = enact(call) if lost[1] else Answer(503)
        if lost[1] and call.operation == "requestAccrual":
            self._ledger.accruals[-1].hidden = self._wrong("lost_accrual_is_hidden")
        return replace(answer, cut=Cut.BEFORE_THE_ANSWER)

    # --- control channel ---

    def deny_next(self, operation: str) -> None:
        """The firewall denies the next call of that operation."""
        self._door.denials.append(operation)

    def fail_next(self, operation: str, status: int, times: int = 1) -> None:
        """The next calls of that operation fail at the gateway."""
        self._door.failures += [(operation, status)] * times

    def limit(self, operation: str, calls: int, seconds: float) -> None:
        """From now on so many calls within so many seconds, then 429."""
        self._door.seen.pop(operation, None)
        self._door.limits[operation] = (calls, seconds)

    def lift_limits(self) -> None:
        """No limits but those of the settings."""
        self._door.limits.clear()

    def lose_next_answer(self, operation: str, accepted: bool) -> None:
        """The line breaks before the next answer of that operation, after or before the request was acted on."""
        self._lost.append((operation, accepted))

    def decide_next_accrual(self, status: str, after_seconds: float) -> None:
        """The next accrual becomes PROCESSED or CANCELLED after that long."""
        self._ledger.decided.append((status, after_seconds))

    def withdraw_scope(self, scope: str) -> None:
        """The client may no longer ask for that scope."""
        self._scopes.discard(scope)

    def grant_scope(self, scope: str) -> None:
        """The client may ask for that scope."""
        self._scopes.add(scope)

    def set_app(self, environment: str, state: str) -> None:
        """Puts the APP in a state: Pending, Approved or disabled."""
        self._door.states[environment] = state

    def revoke_tokens(self) -> None:
        """Every token so far is worthless."""
        self._door.tokens.clear()

    def received(self, operation: str) -> int:
        """How many requests of that operation arrived, refused ones included."""
        return self._door.received[operation]

    def balance_of(self, ffn: str) -> int:
        """The member's points in the books, whatever a search would say."""
        self._ledger.settle()
        return self._ledger.members[ffn].balance

    def accruals_of(self, ffn: str) -> list[dict[str, Any]]:
        """The member's accruals in the books."""
        return [self._item(a) for a in self._ledger.accruals if a.ffn == ffn]

    # --- member search (seed:001) ---

    def _search(self, call: Call) -> Answer:
        told, names = _json(call), self._setting("member.request.schema")
        code, document = told.get(names["ffn"]), told.get(names["document"])
        if not code and not document:
            details = (
                None
                if self._wrong("search_refusal_names_no_field")
                else {names["ffn"]: "must not be null", names["document"]: "must not be null"}
            )
            return self._error(self._setting("member.errors.invalid"), "Invalid request content", details)
        asked = [scope.strip() for scope in call.headers.get("x-scope", "").split(",") if scope.strip()]
        if not asked and not self._wrong("missing_scope_releases_all"):
            return self._error(
                self._setting("member.errors.noScope"), "Invalid request content", {"x-scope": "must not be empty"}
            )
        if (refused := self._refused_scopes(asked)) is not None:
            return refused
        member = self._found(code, document)
        if member is None:
            return (
                Answer.of_json(200, {})
                if self._wrong("nobody_found_answers_ok")
                else self._error(self._setting("member.errors.nobody"), "Member not found")
            )
        if self._mismatch(code, document) and self._setting("member.search.mismatch") == "error":
            return self._error(
                self._setting("member.errors.invalid"),
                "Invalid request content",
                {"document": "belongs to another member"},
            )
        return Answer.of_json(self._setting("search.successStatus"), self._released(member, asked))

    def _found(self, code: str | None, document: Fields | None) -> Member | None:
        """By code; by document when there is no code, or nobody has it."""
        by_code, by_document = self._ledger.members.get(code or ""), self._ledger.by_document(document)
        if document is None:
            one = by_code is not None and by_code.ffn == roles()["members"]["known by member code"]["ffn"]
            return (
                self._ledger.neighbour(by_code)
                if by_code and one and self._wrong("code_finds_a_neighbour")
                else by_code
            )
        if code is None:
            return (
                self._ledger.neighbour(by_document)
                if by_document and self._wrong("document_finds_a_neighbour")
                else by_document
            )
        if by_code and not by_document and self._wrong("unknown_document_spoils_search"):
            return None
        if by_code and by_document and self._wrong("mismatch_prefers_document"):
            return by_document
        return None if by_code is None and self._wrong("unknown_code_ends_search") else by_code or by_document

    def _mismatch(self, code: str | None, document: Fields | None) -> bool:
        by_code, by_document = self._ledger.members.get(code or ""), self._ledger.by_document(document)
        return by_code is not None and by_document is not None and by_code is not by_document

    def _refused_scopes(self, asked: list[str]) -> Answer | None:
        names = self._setting("member.response.map")
        unknown, unapproved = (
            [s for s in asked if s not in names],
            [s for s in asked if s in names and s not in self._scopes],
        )
        refused = ([] if self._wrong("ignores_unknown_scope") else unknown) + (
            [] if self._wrong("releases_unapproved_scope") else unapproved
        )
        if not refused or self._setting("member.scope.unauthorised") == "omit":
            return None
        return self._error(
            self._setting("member.errors.scope"), "Invalid scopes", {"x-scope": f"not allowed: {', '.join(refused)}"}
        )

    def _released(self, member: Member, asked: list[str]) -> dict[str, Any]:
        names, data = self._setting("member.response.map"), member.released()
        allowed = [s for s in asked if s in names and (s in self._scopes or self._wrong("releases_unapproved_scope"))]
        if self._wrong("reads_first_scope_only"):
            allowed = allowed[:1]
        if not asked:
            allowed = sorted(self._scopes)
        answer: dict[str, Any] = {}
        if self._setting("member.response.alwaysFfn"):
            answer["ffn"] = member.ffn.lstrip("0") if self._wrong("drops_leading_zeros") else member.ffn
        for scope in allowed:
            answer[names[scope]] = data[scope]
        if self._wrong("withholds_language"):
            answer.pop(names["member-language"], None)
        if self._wrong("releases_unasked_birthdate"):
            answer[names["member-birthdate"]] = data["member-birthdate"]
        if self._wrong("blocked_member_looks_active") and names["member-status"] in answer:
            answer[names["member-status"]] = "ACTIVE"
        if self._wrong("tier_without_expiry") and names["member-tier"] in answer:
            answer[names["member-tier"]] = {"category": member.category}
        return answer

    # --- accruals (public:ACC, public:V1POST, public:GET, public:V1GET) ---

    def _accrue(self, call: Call) -> Answer:
        told = _json(call)
        if faults := self._faults(told):
            details = None if self._wrong("accrual_refusal_names_no_field") else faults
            return self._error(400, "Invalid request content", details)
        code, document = told["member"].get("ffn"), told["member"].get("document")
        member = self._ledger.credited_to(code, document)
        if member is None and self._setting("accrual.unknownMember") == "sync404":
            return self._error(404, "Member not found")
        bad_product = told["productId"] not in PRODUCTS.values() and not self._wrong("credits_unknown_product")
        if bad_product and self._setting("accrual.badProduct") == "sync400":
            return self._error(400, "Invalid request content", {"productId": "unknown product"})
        original = self._ledger.original_of(told, member)
        policy = self._setting("accrual.duplicate")
        if original is not None and policy in ("sync409", "sync400"):
            return self._error(int(policy[-3:]), "Duplicated accrual")
        if original is not None and policy == "returnOriginal":
            return self._acknowledged(original)
        return self._acknowledged(self._ledger.accept(told, member, cancelled=original is not None or bad_product))

    def _acknowledged(self, accrual: Accrual) -> Answer:
        told, member = accrual.told, accrual.told["member"]
        known = {"id": accrual.id, "correlationId": accrual.correlation_id, "status": PROCESSING}
        answer = {name: known[name] for name in self._setting("accrual.ack.schema")}
        answer |= {"partnerAccrualId": told["partnerAccrualId"], "partnerTransactionId": told["partnerTransactionId"]}
        by_code, by_document = "ffn" in member, "document" in member
        if (self._wrong("ack_by_code_lacks_id") and not by_document) or (
            self._wrong("ack_by_document_lacks_id") and not by_code
        ):
            del answer["id"]
        return Answer.of_json(self._setting("accrual.successStatus"), answer)

    def _faults(self, told: Fields) -> dict[str, str]:
        """Field path → what is wrong with it, in the words of the provider's one published example."""
        member, partner = told.get("member"), told.get("partner")
        faults: dict[str, str] = {}
        if not isinstance(partner, dict) or partner.get("id") != PARTNER_ID:
            faults["partner.id"] = "must be the identifier of this partner"
        if not isinstance(member, dict) or not (member.get("ffn") or member.get("document")):
            faults["member.ffn"] = "must not be null"
        for name in ("partnerAccrualId", "partnerTransactionId", "partnerOriginDate", "description", "productId"):
            if not isinstance(told.get(name), str) or not told[name]:
                faults[name] = "must not be blank"
        longest = (
            LONGEST_ID - 1
            if self._wrong("refuses_50_characters")
            else LONGEST_ID + 1
            if self._wrong("accepts_51_characters")
            else LONGEST_ID
        )
        for name in ("partnerAccrualId", "partnerTransactionId"):
            if len(str(told.get(name, ""))) > longest:
                faults[name] = f"size must be between 1 and {longest}"
        if len(str(told.get("description", ""))) > self._setting("accrual.limits.description"):
            faults["description"] = "too long"
        points, most = told.get("points"), self._setting("accrual.limits.points")
        if not isinstance(points, int) or isinstance(points, bool) or points <= 0 or (most and points > most):
            faults["points"] = "must be greater than 0"
        if "partnerOriginDate" not in faults and not _has_offset(told["partnerOriginDate"]):
            faults["partnerOriginDate"] = "must be a date-time with offset"
        if (self._setting("accrual.interfaceId.required") or "interfaceId" in told) and told.get("interfaceId") != 3:
            faults["interfaceId"] = "must be 3"
        if self._setting("accrual.email.required") and not (isinstance(member, dict) and member.get("email")):
            faults["member.email"] = "must not be null"
        return faults

    def _status(self, call: Call) -> Answer:
        query = {name: values[0] for name, values in call.query.items()}
        if "partnerIdentifier" not in query and self._wrong("identifier_not_required"):
            query["partnerIdentifier"] = PARTNER_ID
        filters = {"correlationId", "partnerTransactionId", "partnerAccrualId"} & set(query)
        if "partnerIdentifier" not in query or (self._setting("accrual.get.requireFilter") and not filters):
            return self._error(400, "Invalid request content", {"partnerIdentifier": "must not be null"})
        found = self._ledger.matching(query)
        now = self._setup.now()
        if self._setting("accrual.poll.enforce") and any(now - a.received_at < timedelta(seconds=15) for a in found):
            return self._error(429, "Current rate exceeds the maximum for internal integrations")
        items = [self._item(a) for a in found]
        if not items and self._wrong("no_match_reads_cancelled"):
            items = [{**{name: query[name] for name in filters}, "status": CANCELLED}]
        if not items and self._setting("accrual.get.empty") == 404:
            return self._error(404, "Accrual not found")
        return Answer.of_json(self._setting("accrual.get.successStatus"), self._page(items, query))

    def _page(self, items: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
        size = max(1, int(query.get("size", self._setting("accrual.get.pageSize"))))
        number, pages = int(query.get(self._setting("accrual.get.pageParam"), 1)), max(1, -(-len(items) // size))
        shown = items[(number - 1) * size : number * size]
        if self._wrong("last_page_is_lost") and number == pages > 1:
            shown = []
        total = "totalItems" if self._wrong("spells_total_items_right") else "totalItens"
        return {"accruals": shown, "totalPages": pages, "currentPage": number, total: len(items)}

    def _item(self, accrual: Accrual) -> dict[str, Any]:
        told, now = accrual.told, self._setup.now()
        status, product = accrual.status(now), str(told["productId"])
        if status != PROCESSING:
            accrual.final_readings += 1
        if status == PROCESSED and self._wrong("final_status_moves") and accrual.final_readings >= 4:
            status = CANCELLED
        origin = told["partnerOriginDate"]
        item = {
            "id": accrual.id,
            "correlationId": accrual.correlation_id,
            "partnerAccrualId": told["partnerAccrualId"],
            "partnerTransactionId": told["partnerTransactionId"],
            "points": told["points"] + self._wrong("reports_other_points"),
            "productId": product.lstrip("0") if self._wrong("product_loses_zeros") else product,
            "partnerOriginDate": accrual.received_at.isoformat(timespec="milliseconds")
            if self._wrong("origin_date_becomes_sending_time")
            else origin,
            "description": told["description"],
            "ffn": accrual.ffn or told["member"].get("ffn"),
            "status": status,
            "email": told["member"].get("email"),
            "createdAt": accrual.received_at.isoformat(timespec="microseconds"),
            "updatedAt": min(now, accrual.settles_at).isoformat(timespec="microseconds"),
        }
        if status == PROCESSED and not self._wrong("processed_without_latam_id"):
            item["latamAccrualId"] = str(100_000 + accrual.id)
        return item

    # --- cobrand (public:COBB, public:COBE) ---

    def _begin(self, call: Call) -> Answer:
        told, bank = _json(call), call.headers.get("x-issue-bank", "")
        if (refused := self._refused_bank(bank)) is not None:
            return refused
        code, card = (told.get("member") or {}).get("ffn"), told.get("card")
        if not code and not self._wrong("begin_without_member_accepted"):
            details = None if self._wrong("begin_refusal_names_no_field") else {"member.ffn": "must not be null"}
            return self._error(400, "Invalid request content", details)
        if not card:
            return self._error(400, "Invalid request content", {"card": "must not be null"})
        if code and code not in self._ledger.members:
            return self._error(self._setting("cobrand.begin.nobody"), "Member not found")
        active = self._ledger.cards.get((str(code), bank, _card_key(card))) == "ACTIVE"
        if active and self._setting("cobrand.begin.repeat") == "409":
            return self._error(409, "Life cycle already begun")
        if code and not self._ledger.begin(code, bank, _card_key(card)):
            return self._error(422, "Life cycle cannot begin")
        return Answer.of_json(self._setting("cobrand.begin.successStatus"), {})

    def _end(self, call: Call) -> Answer:
        bank = call.headers.get("x-issue-bank", "")
        if (refused := self._refused_bank(bank)) is not None:
            return refused
        if self._setting("cobrand.end.carrier") == "query":
            told: Fields = {name: values[0] for name, values in call.query.items()}
            code, card = told.get("ffn"), json.loads(told.get("card", "{}"))
        else:
            told = _json(call)
            code = (
                (told.get("member") or {}).get("ffn")
                if self._setting("cobrand.end.ffnPath") == "member.ffn"
                else told.get("ffn")
            )
            card = told.get("card")
        if not code or not card:
            return self._error(
                400,
                "Invalid request content",
                {"ffn": "must not be null"} if not code else {"card": "must not be null"},
            )
        if self._wrong("end_refused") and self._ledger.cards.get((code, bank, _card_key(card))) == "ACTIVE":
            return self._error(422, "Life cycle cannot end")
        if code not in self._ledger.members or not self._ledger.end(code, bank, _card_key(card)):
            return self._error(self._setting("cobrand.end.neverBegan"), "No life cycle begun for member, bank and card")
        return Answer(self._setting("cobrand.end.successStatus"))

    def _refused_bank(self, bank: str) -> Answer | None:
        known = self._setting("cobrand.issueBanks")
        if (bank and (not known or bank in known)) or (not bank and self._wrong("bank_not_required")):
            return None
        return self._error(
            self._setting("cobrand.begin.noBank"),
            "Invalid request content",
            {"x-issue-bank": "must be an issuing bank"},
        )

    # --- words ---

    def _setting(self, name: str) -> Any:
        return self._setup.settings[name]

    def _wrong(self, defect: str) -> bool:
        return defect in self._setup.defects

    def _error(self, status: int, message: str, details: Mapping[str, str] | None = None) -> Answer:
        instructions = "Please, try again late" if status == 429 else "Evaluate the request fields"
        return api_error(status, message, instructions, self._setup.now(), details)


def _json(call: Call) -> dict[str, Any]:
    try:
        told = json.loads(call.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _card_key(card: Any) -> str:
    return str(card.get("token") if isinstance(card, dict) else card)


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
