"""AIR MILES enacted: which part answers which operation, and the channel by which scenarios take hold of it.

Whatever the provider did not publish is a setting of `provider.toml`; nothing here decides it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from accredit import Answer, Call, Rules, Setup

from . import collectors, offers
from .collector import CollectorService
from .defects import DEFECTS
from .door import Door
from .faults import Faults, Trouble
from .history import SPONSOR, History
from .identity import Identity
from .issuance import Issuance
from .issuance_context import Desk
from .ledger import CREDIT, DEBIT, NOTE, Entry, Ledger

CAPABILITIES = ("amrp_calculated", "partner_calculated", "transaction_history", *collectors.CAPABILITIES)


class Simulator:
    """One AIR MILES, both its environments. Nothing waits: time is what the clock it was handed says."""

    DEFECTS: ClassVar[Mapping[str, str]] = DEFECTS

    def __init__(self, setup: Setup) -> None:
        self._rules = Rules(setup, DEFECTS)
        self._people = collectors.seed(self._rules.canaries)
        self._identity = Identity(self._rules, self._people)
        self._ledger, self._faults = Ledger(self._rules), Faults()
        door = Door(self._rules, self._identity, self._faults)
        desk = Desk(self._rules, self._ledger, self._people, self._faults)
        self._issuance = Issuance(self._rules, door, desk, self._faults)
        self._service = CollectorService(self._rules, self._identity, self._people, self._ledger)
        self._operations: Mapping[str, Callable[[Call], Answer]] = {
            **dict.fromkeys(self._issuance.operations, self._issuance.answer),
            **dict.fromkeys(("authorize", "requestToken"), self._identity.answer),
            **dict.fromkeys(("enroll", "getSummary", "getProfile"), self._service.answer),
            "findActivity": History(self._rules, door, self._ledger).answer,
        }

    def access(self, environment: str) -> Mapping[str, str]:
        """`client_id` and `client_secret` of that environment's machine client."""
        return self._identity.access(environment)

    def roles(self, environment: str) -> Mapping[str, Any]:
        """Who plays which role. Synthetic collectors, each with a refresh token as a log-in by hand would give."""
        members = {
            role: person | {"refresh_token": self._identity.standing_refresh_token(person["number"], environment)}
            if person["number"] in self._people
            else person
            for role, person in collectors.roles(self._rules.canaries).items()
        }
        told = offers.roles()
        told["products"]["sponsor"] = SPONSOR
        told["products"]["callback of the web application"] = self.registration(environment)["web"]["redirect_uri"]
        return {"partner_id": SPONSOR, "capabilities": list(CAPABILITIES), "members": members, **told}

    def answer(self, call: Call) -> Answer:
        """Answers one request."""
        operation = self._operations.get(call.operation or "")
        if operation is None:
            return Answer.of_text(404, "no such operation")
        self._faults.received[str(call.operation)] += 1
        return operation(call)

    # --- control channel: what goes wrong ---

    def fail_next(self, operation: str, times: int = 1, acted_on: bool = False) -> None:
        """The next calls of that operation are answered 500, before or after they were acted on."""
        self._faults.order(operation, Trouble.FAILS_AFTER_ACTING if acted_on else Trouble.FAILS_AT_ONCE, times)

    def lose_next_answer(self, operation: str, acted_on: bool) -> None:
        """The line breaks before the next answer of that operation, after or before it was acted on."""
        self._faults.order(operation, Trouble.ANSWER_LOST if acted_on else Trouble.LOST_ON_ITS_WAY)

    def delay_next(self, operation: str, seconds: float) -> None:
        """The next transaction of that operation is accepted as pending, and comes true after so long."""
        self._faults.order_pending(operation, seconds)

    def hold(self, number: str) -> None:
        """A transaction of that collector is in flight somewhere else, until `let_go`."""
        self._faults.held.add(number)

    def let_go(self, number: str) -> None:
        self._faults.held.discard(number)

    def close(self) -> None:
        """Planned maintenance of Issuance begins."""
        self._faults.is_closed = True

    def open(self) -> None:
        self._faults.is_closed = False

    def forget_troubles(self) -> None:
        """Takes back everything that was ordered to go wrong and has not come about."""
        self._faults.forget_troubles()

    # --- control channel: the books ---

    def miles_of(self, number: str, environment: str = "certification") -> int:
        """The collector's miles in the books, pending ones left out, whatever Summary would say."""
        return self._ledger.posted(number, environment)

    def entries_of(self, number: str) -> list[dict[str, Any]]:
        """The collector's credits and debits, oldest first."""
        return [_shown(e) for e in self._ledger.of(number) if e.kind in (CREDIT, DEBIT)]

    def entries_for(self, transaction: str) -> list[dict[str, Any]]:
        """What the books hold under the partner's own id of a basket or event, notes included."""
        return [_shown(e) for e in self._ledger.entries if e.transaction == transaction]

    def records_for(self, transaction: str) -> int:
        """How many notes RECORD has left under that id."""
        return sum(e.kind == NOTE for e in self._ledger.entries if e.transaction == transaction)

    def pending_of(self, number: str) -> int:
        """How many entries of the collector have not come true yet."""
        return sum(e.collector == number for e in self._ledger.pending())

    def days_report(self, day: str) -> dict[str, dict[str, int]]:
        """AIR MILES' side of a Transaction Day, `2026-07-01`: offer code → counts and miles."""
        return self._ledger.days_report(date.fromisoformat(day))

    def received(self, operation: str) -> int:
        """How many requests of that operation arrived, refused ones included."""
        return self._faults.received[operation]

    def warnings(self) -> list[str]:
        """Ids of the baskets whose amounts do not add up, oldest first."""
        return list(self._issuance.warnings)

    # --- control channel: identity and collectors ---

    def log_in(self, number: str, environment: str = "certification") -> str:
        """The session cookie of a browser after log-in and reCAPTCHA."""
        return self._identity.log_in(number, environment)

    def registration(self, environment: str = "certification") -> dict[str, Any]:
        """The registered applications that act for collectors: `web` and `native`."""
        return self._identity.registration(environment)

    def revoke_refresh_tokens(self, number: str) -> None:
        """That collector's refresh tokens are worthless from now on."""
        self._identity.revoke_refresh_tokens(number)

    def spoil_next_grant(self, how: str) -> None:
        """The next token is granted `without a token` or `already ended`."""
        self._identity.spoil_next_grant(how)

    def accounts(self) -> int:
        """How many accounts there are."""
        return self._service.accounts()

    def accounts_of(self, email: str) -> list[str]:
        """Numbers of the accounts under that e-mail address."""
        return self._service.accounts_of(email)

    def lose_next_enrollment(self) -> None:
        """The next enrolment is acted on, and its answer lost."""
        self._service.lose_next_enrollment()


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "operation": entry.operation,
        "transaction": entry.transaction,
        "offer": entry.offer,
        "location": entry.location,
        "miles": entry.miles,
        "day": entry.day.isoformat(),
    }
