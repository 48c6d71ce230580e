"""Notifications: one message when an accrual is final, sent again for up to seven days until it is taken (public:WH)."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from accredit import Delivery, Outbox, Rules

from .ledger import CANCELLED, PROCESSING, Accrual

_LONGEST = timedelta(days=7)
_STUBBORN = timedelta(days=30)
_IMPATIENT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the partner wants to be notified, and the credentials it wants to be shown."""

    url: str
    username: str
    password: str


class Notifications:
    """What is sent to the partner's address. Without an address nothing is."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self.outbox = rules, Outbox(rules.now)
        self.address: Address | None = None
        self.lost = 0

    def watch(self, accrual: Accrual) -> None:
        """Notifies once that accrual is final."""
        if self.address is None or self._rules.wrong("never_notifies"):
            return
        if accrual.fate == CANCELLED and self._rules.wrong("cancelled_is_not_notified"):
            return
        if self.lost:
            self.lost -= 1
            return
        self._send(accrual, accrual.settles_at, 0)

    def _send(self, accrual: Accrual, at: datetime, attempt: int) -> None:
        """To the address that the partner has by then; none, none."""
        address = self.address
        if address is None:
            return
        headers = {"content-type": "application/json", **self._credentials(address)}
        told = lambda status: self._told(accrual, at, attempt, status)  # noqa: E731 - one name for what is handed over
        delivery = Delivery("accrualNotification", address.url, self._body(accrual), headers, told)
        self.outbox.post(delivery, at)

    def _told(self, accrual: Accrual, at: datetime, attempt: int, status: int | None) -> None:
        """Whatever is not 2xx counts as undelivered; that this holds for redirects and silence is inferred."""
        if status is not None and 200 <= status < 300:
            return
        if status == 401 and self._rules.wrong("gives_up_when_refused"):
            return
        pauses = self._rules.setting("webhook.retrySeconds")
        again = at + timedelta(seconds=pauses[min(attempt, len(pauses) - 1)])
        if again - accrual.settles_at <= self._patience():
            self._send(accrual, again, attempt + 1)

    def _patience(self) -> timedelta:
        if self._rules.wrong("gives_up_within_hours"):
            return _IMPATIENT
        return _STUBBORN if self._rules.wrong("notifies_for_weeks") else _LONGEST

    def _body(self, accrual: Accrual) -> bytes:
        """Correlation id and status are published; the rest is probably that of the status query."""
        told = accrual.told
        status = PROCESSING if self._rules.wrong("notifies_a_status_not_final") else accrual.fate
        known = {
            "correlationId": accrual.correlation_id,
            "id": accrual.id,
            "partnerTransactionId": told["partnerTransactionId"],
            "partnerAccrualId": told["partnerAccrualId"],
            "status": status,
            "points": told["points"],
            "updatedAt": accrual.settles_at.isoformat(),
        }
        return json.dumps(known).encode()

    def _credentials(self, address: Address) -> dict[str, str]:
        if self._rules.setting("webhook.auth") == "none" or self._rules.wrong("notifies_without_credentials"):
            return {}
        pair = f"{address.username}:{address.password}".encode()
        return {"authorization": "Basic " + base64.b64encode(pair).decode()}
