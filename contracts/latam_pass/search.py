"""Member search: found by code, by document or by both, code first; told is what the scopes release (seed:001)."""

from typing import Any

from accredit import Answer, Call, Rules

from .ledger import Ledger
from .members import KNOWN_BY_CODE, SCOPES, Member, named
from .reading import body_of, faulty_identity
from .refusals import api_error


class Search:
    """The operation searchMember. `approved`: scopes that the client may ask for."""

    def __init__(self, rules: Rules, ledger: Ledger) -> None:
        self._rules, self._ledger = rules, ledger
        self.approved = set(SCOPES)

    def answer(self, call: Call) -> Answer:
        told, names = body_of(call), self._rules.setting("member.request.schema")
        if faults := faulty_identity(told, names["ffn"], names["document"], names):
            details = None if self._rules.wrong("search_refusal_names_no_field") else faults
            return api_error(self._rules, self._rules.setting("member.errors.invalid"), details=details)
        asked = [scope.strip() for scope in call.headers.get("x-scope", "").split(",") if scope.strip()]
        if (refused := self._refuse_scopes(asked)) is not None:
            return refused
        code, document = told.get(names["ffn"]), told.get(names["document"])
        if self._is_mismatch(code, document) and self._rules.setting("member.search.mismatch") == "error":
            details = {names["document"]: "belongs to another member"}
            return api_error(self._rules, self._rules.setting("member.errors.invalid"), details=details)
        member = self._found(code, document)
        if member is not None:
            return Answer.of_json(self._rules.setting("search.successStatus"), self._released(member, asked))
        if self._rules.wrong("nobody_found_answers_ok"):
            return Answer.of_json(200, {})
        return api_error(self._rules, self._rules.setting("member.errors.nobody"), "Member not found")

    def _found(self, code: str | None, document: object) -> Member | None:
        """By code; by document when there is no code, or nobody has it."""
        by_code, by_document = self._ledger.members.get(code or ""), self._ledger.by_document(document)
        if document is None:
            if by_code and by_code.ffn == KNOWN_BY_CODE and self._rules.wrong("code_finds_a_neighbour"):
                return self._ledger.neighbour(by_code)
            return by_code
        if code is None:
            if by_document and self._rules.wrong("document_finds_a_neighbour"):
                return self._ledger.neighbour(by_document)
            return by_document
        if by_code and not by_document and self._rules.wrong("unknown_document_spoils_search"):
            return None
        if by_code and by_document and self._rules.wrong("mismatch_prefers_document"):
            return by_document
        if by_document and not by_code and self._rules.wrong("unknown_code_ends_search"):
            return None
        return by_code or by_document

    def _is_mismatch(self, code: str | None, document: object) -> bool:
        by_code, by_document = self._ledger.members.get(code or ""), self._ledger.by_document(document)
        return by_code is not None and by_document is not None and by_code is not by_document

    def _refuse_scopes(self, asked: list[str]) -> Answer | None:
        """None at all, one that does not exist, one not defined for the client."""
        if not asked and not self._rules.wrong("missing_scope_releases_all"):
            status = self._rules.setting("member.errors.noScope")
            return api_error(self._rules, status, details={"x-scope": "must not be null"})
        unknown = [scope for scope in asked if scope not in SCOPES]
        unapproved = [scope for scope in asked if scope in SCOPES and scope not in self.approved]
        refused = [] if self._rules.wrong("ignores_unknown_scope") else unknown
        refused = refused + ([] if self._rules.wrong("releases_unapproved_scope") else unapproved)
        if not refused or self._rules.setting("member.scope.unauthorised") == "omit":
            return None
        status = self._rules.setting("member.errors.scope")
        details = {"x-scope": f"not defined for this client: {', '.join(refused)}"}
        return api_error(self._rules, status, "Invalid scopes", details)

    def _read(self, asked: list[str]) -> list[str]:
        """The scopes that are served, of those asked for."""
        served = [scope for scope in asked if scope in self.approved]
        if self._rules.wrong("releases_unapproved_scope"):
            served = [scope for scope in asked if scope in SCOPES]
        if self._rules.wrong("reads_first_scope_only"):
            served = served[:1]
        if not asked:
            served = sorted(self.approved)  # only the defect missing_scope_releases_all leads here
        return served

    def _released(self, member: Member, asked: list[str]) -> dict[str, Any]:
        """Property → value, for each scope served. Beyond the scopes only the code, and it by setting."""
        data, names = member.released(), self._names()
        data["member-document"] = [named(member.document, self._rules.setting("member.request.schema"))]
        if self._rules.wrong("blocked_member_looks_active"):
            data["member-status"] = "ACTIVE"
        if self._rules.wrong("tier_without_expiry"):
            del data["member-tier"]["expirationDate"]
        served = self._read(asked)
        if self._rules.wrong("releases_unasked_birthdate"):
            served = [*served, "member-birthdate"]
        if self._rules.wrong("withholds_language"):
            served = [scope for scope in served if scope != "member-language"]
        told = {names[scope]: self._unseen(scope, data[scope]) for scope in served}
        if not self._rules.setting("member.response.alwaysFfn"):
            return told
        return {"ffn": member.ffn.lstrip("0") if self._rules.wrong("drops_leading_zeros") else member.ffn, **told}

    def _unseen(self, scope: str, value: Any) -> Any:
        """What a scope releases, with values of this run where any would do."""
        like = self._rules.canaries.like
        if scope == "member-address":
            return [{**place, "street": like("addresses", place["street"])} for place in value]
        if scope == "member-email":
            return [like("emails", address) for address in value]
        if scope == "member-birthdate":
            return like("birthDate", value)
        if scope == "member-name":
            return {part: like("names", name) for part, name in value.items()}
        return (
            [{**phone, "number": like("phones", phone["number"])} for phone in value]
            if scope == "member-phone"
            else value
        )

    def _names(self) -> dict[str, str]:
        """Scope → property. Where a partner's own map leaves a scope out, the scope's own name stands."""
        return {scope: scope for scope in SCOPES} | dict(self._rules.setting("member.response.map"))
