"""Begin and end of a card's life cycle, as a bank reports them (public:COBB, public:COBE)."""

import json

from accredit import Answer, Call, Rules

from .cards import ACTIVE, Cards, Cycle
from .ledger import Ledger
from .reading import Faults, Fields, body_of, missing, not_text, text_at, too_long
from .refusals import api_error

_CARD_FIELDS = ("product", "brand", "lastDigits", "token")
_LAST_DIGITS = 4


class Cobrand:
    """The operations beginCobrand and endCobrand."""

    def __init__(self, rules: Rules, ledger: Ledger, cards: Cards) -> None:
        self._rules, self._ledger, self._cards = rules, ledger, cards

    def begin(self, call: Call) -> Answer:
        """A card was approved or unlocked."""
        told, bank = body_of(call), call.headers.get("x-issue-bank", "")
        if (refused := self._refuse(bank, self._faulty_begin(told))) is not None:
            return refused
        success = Answer.of_json(self._rules.setting("cobrand.begin.successStatus"), {})
        code = text_at(told, "member.ffn")
        if code is None:
            return success  # only the defect begin_without_member_accepted leads here
        if code not in self._ledger.members:
            return api_error(self._rules, self._rules.setting("cobrand.begin.nobody"), "Member not found")
        cycle = Cycle(code, bank, _identity(told["card"]))
        if self._cards.state(cycle) == ACTIVE and self._rules.setting("cobrand.begin.repeat") == "409":
            return api_error(self._rules, 409, "Life cycle already begun")
        return success if self._cards.begin(cycle) else api_error(self._rules, 422, "Life cycle cannot begin")

    def end(self, call: Call) -> Answer:
        """A card was cancelled or blocked."""
        bank = call.headers.get("x-issue-bank", "")
        told, code = self._ended(call)
        if (refused := self._refuse(bank, missing(told, code) | _faulty_card(told))) is not None:
            return refused
        cycle = Cycle(text_at(told, code) or "", bank, _identity(told["card"]))
        if self._cards.state(cycle) == ACTIVE and self._rules.wrong("end_refused"):
            return api_error(self._rules, 422, "Life cycle cannot end")
        if cycle.ffn not in self._ledger.members or not self._cards.end(cycle):
            status = self._rules.setting("cobrand.end.neverBegan")
            return api_error(self._rules, status, "No life cycle begun for this member, bank and card")
        return Answer(self._rules.setting("cobrand.end.successStatus"))

    def _refuse(self, bank: str, faults: Faults | None) -> Answer | None:
        """The bank first: `x-issue-bank` is mandatory, its values a setting. `faults` None: refused without a name."""
        known = self._rules.setting("cobrand.issueBanks")
        excused = not bank and self._rules.wrong("bank_not_required")
        if not excused and (not bank or (known and bank not in known)):
            status, fault = self._rules.setting("cobrand.begin.noBank"), "must be an issuing bank"
            return api_error(self._rules, status, details={"x-issue-bank": fault})
        return None if faults == {} else api_error(self._rules, 400, details=faults)

    def _faulty_begin(self, told: Fields) -> Faults | None:
        nobody = missing(told, "member.ffn")
        if nobody and self._rules.wrong("begin_without_member_accepted"):
            nobody = {}
        if nobody and self._rules.wrong("begin_refusal_names_no_field"):
            return None
        return nobody | _faulty_card(told)

    def _ended(self, call: Call) -> tuple[Fields, str]:
        """What a DELETE tells, and at which path the member code stands. Where it carries them is not published.

        A query holds the code as `ffn` and the card by its token.
        """
        if self._rules.setting("cobrand.end.carrier") == "body":
            return body_of(call), self._rules.setting("cobrand.end.ffnPath")
        told: dict[str, object] = {"ffn": call.query.get("ffn", [""])[0]}
        if "card" in call.query:
            told["card"] = {"token": call.query["card"][0]}
        return told, "ffn"


def _faulty_card(told: Fields) -> Faults:
    """Its fields are not published, so only what a field may hold is looked at."""
    card = told.get("card")
    if not isinstance(card, dict):
        return {"card": "must not be null"}
    faults = not_text(card, "card.", _CARD_FIELDS)
    return faults | {f"card.{name}": fault for name, fault in too_long(card, "lastDigits", _LAST_DIGITS).items()}


def _identity(card: Fields) -> str:
    """What tells one card from another: its token, or else everything that is told of it. Inferred."""
    return text_at(card, "token") or json.dumps(card, sort_keys=True)
