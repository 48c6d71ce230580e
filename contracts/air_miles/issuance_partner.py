"""Miles that the partner calculated: POST and REVERSE for baskets, their EVENT twins for everything else."""

from accredit import Rules

from .issuance_context import Desk, NotTaken, Transaction
from .ledger import CREDIT, DEBIT, Entry
from .offers import LOCATIONS
from .reading import Fields, objects_at, whole_at

_CUT_AT = 50


class PartnerCalculated:
    """Credits what it is told, and takes back no more than was credited."""

    def __init__(self, rules: Rules, desk: Desk) -> None:
        self._rules, self._desk = rules, desk

    def post(self, transaction: Transaction) -> None:
        """One credit for each issuance of a basket (public:POST)."""
        issuances = self._checked(transaction)
        kept = issuances[:1] if self._rules.wrong("second_issuance_is_ignored") else issuances
        for issuance in kept:
            code = str((kept[0] if self._rules.wrong("bonus_is_booked_as_base") else issuance)["issuanceOfferCode"])
            miles = _miles(issuance)
            if miles > _CUT_AT and self._rules.wrong("large_amounts_are_cut"):
                miles = _CUT_AT
            self._desk.book(transaction, CREDIT, miles, code, str(issuance["locationCode"]))

    def post_event(self, transaction: Transaction) -> None:
        """One credit for each issuance of something that is no sale (public:EVENT)."""
        for issuance in self._checked(transaction):
            code = str(issuance["issuanceOfferCode"])
            if self._rules.wrong("events_credit_nothing") or self._is_second_of_its_day(transaction, code):
                continue
            self._desk.book(transaction, CREDIT, _miles(issuance), code, str(issuance["locationCode"]))

    def reverse(self, transaction: Transaction) -> None:
        """One debit for each issuance taken back, in full or in part (public:REV)."""
        self._take_back(transaction)

    def reverse_event(self, transaction: Transaction) -> None:
        """As `reverse`, for something that is no sale (public:REVEVENT)."""
        self._take_back(transaction)

    def _take_back(self, transaction: Transaction) -> None:
        issuances = self._checked(transaction)
        credited = self._desk.taken_back_from(transaction)
        wanted: dict[str, int] = {}
        for issuance in issuances:
            code = str(issuance["issuanceOfferCode"])
            wanted[code] = wanted.get(code, 0) + _miles(issuance)
        for code, miles in wanted.items():
            self._expect_credited(credited, code, miles)
        self._desk.check_funds(transaction, sum(wanted.values()))
        if transaction.operation == "reverseEvent" and self._rules.wrong("event_reversal_takes_nothing"):
            return
        for issuance in issuances:
            code = str(issuance["issuanceOfferCode"])
            miles = self._taken(transaction, credited, code, _miles(issuance))
            self._desk.book(transaction, DEBIT, miles, code, str(issuance["locationCode"]))

    def _expect_credited(self, entries: list[Entry], code: str, miles: int) -> None:
        """More than was issued is refused, where the setting says so; by offer, since no sample names the sale."""
        if self._rules.setting("issuance.reverse.exceedsOriginal") == "allow":
            return
        outstanding = sum(e.effect for e in entries if e.offer == code)
        if miles > outstanding and not self._rules.wrong("takes_back_more_than_was_credited"):
            raise NotTaken(400, f"of offer {code} only {max(outstanding, 0)} miles can be taken back")

    def _taken(self, transaction: Transaction, entries: list[Entry], code: str, miles: int) -> int:
        """The miles asked for. Two defects look at the sale they most likely belong to, the latest one."""
        sales = [e for e in entries if e.offer == code and e.kind == CREDIT]
        if transaction.operation != "reverseMiles" or not sales:
            return miles
        if miles == sales[-1].miles and self._rules.wrong("full_reversal_keeps_a_mile"):
            return miles - 1
        if miles < sales[-1].miles and self._rules.wrong("partial_reversal_takes_all"):
            return sales[-1].miles
        return miles

    def _checked(self, transaction: Transaction) -> list[Fields]:
        issuances = objects_at(transaction.told, "issuances")
        for issuance in issuances:
            location = str(issuance["locationCode"])
            known = {location: location in LOCATIONS.values()}
            self._desk.check_offer(transaction, str(issuance["issuanceOfferCode"]), known)
        return issuances

    def _is_second_of_its_day(self, transaction: Transaction, code: str) -> bool:
        day, entries = self._desk.day(transaction), self._desk.taken_back_from(transaction)
        earlier = [e for e in entries if e.operation == "postEvent" and (e.offer, e.day) == (code, day)]
        return bool(earlier) and self._rules.wrong("second_event_of_a_day_is_ignored")


def _miles(issuance: Fields) -> int:
    return whole_at(issuance, "milesAmount") or 0
