"""LATAM Pass enacted: which part answers which operation, and the channel by which scenarios take hold of it.

Whatever the provider did not publish is a setting of `provider.toml`; nothing here decides it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from accredit import Answer, Call, Cut, Rules, Setup

from .accruals import Accruals
from .cards import Cards
from .cobrand import Cobrand
from .defects import DEFECTS
from .door import Door
from .ledger import CANCELLED, PROCESSED, Ledger
from .members import PARTNER_ID, SCOPES, UNSEARCHABLE, roles
from .notifications import Address, Notifications
from .search import Search
from .status import Status

Operation = Callable[[Call], Answer]


class Simulator:
    """One LATAM Pass, both its environments. Nothing waits: time is what the clock it was handed says."""

    DEFECTS: ClassVar[Mapping[str, str]] = DEFECTS

    def __init__(self, setup: Setup) -> None:
        self._rules = Rules(setup, DEFECTS)
        for name, why in UNSEARCHABLE.items():
            self._rules.canaries.excuse(why, name)
        self._door = Door(self._rules)
        self._ledger = Ledger(self._rules)
        self._cards = Cards(self._rules, self._ledger.members)
        self._search, self._status = Search(self._rules, self._ledger), Status(self._rules, self._ledger)
        self._notifications = Notifications(self._rules)
        self.outbox = self._notifications.outbox
        self._lost: list[tuple[str, bool]] = []
        self._garbled: list[str] = []
        cobrand = Cobrand(self._rules, self._ledger, self._cards)
        self._operations: Mapping[str, Operation] = {
            "requestToken": self._door.tokens.grant,
            "searchMember": self._search.answer,
            "requestAccrual": Accruals(self._rules, self._ledger, self._notifications.watch).answer,
            "getAccruals": self._status.answer,
            "beginCobrand": cobrand.begin,
            "endCobrand": cobrand.end,
        }

    def access(self, environment: str) -> Mapping[str, str]:
        """`client_id` and `client_secret` of that environment's APP."""
        return self._door.apps.secrets[environment]

    def roles(self, environment: str) -> Mapping[str, Any]:
        """Who plays which role. The same people and the same partner in both environments."""
        claims = ["cobrand", "notifications", *(f"scope:{scope}" for scope in sorted(SCOPES))]
        who = roles(self._rules.setting("member.request.schema"), self._rules.canaries)
        return {"partner_id": PARTNER_ID, "capabilities": claims, **who}

    def answer(self, call: Call) -> Answer:
        """Answers one request."""
        self._settle()
        operation = self._operations.get(call.operation or "")
        if call.operation is None or operation is None:
            return Answer.of_text(404, "no such operation")
        return self._door.refuse(call, call.operation) or self._answered(call, call.operation, operation)

    # --- control channel ---

    def deny_next(self, operation: str) -> None:
        """The firewall denies the next call of that operation, with its page."""
        self._door.denials.append(operation)

    def fail_next(self, operation: str, status: int, times: int = 1) -> None:
        """The next calls of that operation fail with that status before anything is acted on."""
        self._door.failures += [(operation, status)] * times

    def garble_next(self, operation: str) -> None:
        """The next answer of that operation breaks off in the middle of its JSON; the call was acted on."""
        self._garbled.append(operation)

    def lose_next_answer(self, operation: str, accepted: bool) -> None:
        """The line breaks before the next answer of that operation, after or before the call was acted on."""
        self._lost.append((operation, accepted))

    def limit(self, operation: str, calls: int, seconds: float) -> None:
        """From now on so many calls of that operation within so many seconds, then 429."""
        self._door.limit(operation, calls, seconds)

    def lift_limits(self) -> None:
        """Takes back every `limit`; that of the settings stays."""
        self._door.lift_limits()

    def decide_next_accrual(self, status: str, after_seconds: float) -> None:
        """The next accrual taken in becomes PROCESSED or CANCELLED after so long, unless its request has a fault."""
        if status not in (PROCESSED, CANCELLED):
            raise ValueError(f"no accrual ends as {status!r}")
        self._ledger.decided.append((status, after_seconds))

    def notify_at(self, url: str, username: str, password: str) -> None:
        """From now on accruals taken in are notified there; the credentials as the partner gave them."""
        self._notifications.address = Address(url, username, password)

    def notify_nobody(self) -> None:
        """The partner has no address any more; what was already sent is still sent again."""
        self._notifications.address = None

    def lose_next_notification(self) -> None:
        """The next accrual taken in is never notified."""
        self._notifications.lost += 1

    def withdraw_scope(self, scope: str) -> None:
        """The client may no longer ask for that scope."""
        self._search.approved.discard(scope)

    def grant_scope(self, scope: str) -> None:
        """The client may ask for that scope, as it may for all sixteen in the beginning."""
        self._search.approved.add(scope)

    def set_app(self, environment: str, state: str) -> None:
        """Puts that environment's APP in a state: `Pending`, `Approved` or `disabled`."""
        self._door.apps.put(environment, state)

    def revoke_tokens(self) -> None:
        """Every token so far is worthless, in both environments."""
        self._door.tokens.revoke()

    def balance_of(self, ffn: str) -> int:
        """The member's points in the books, whatever a search would say."""
        self._settle()
        return self._ledger.members[ffn].balance

    def accruals_of(self, ffn: str) -> list[dict[str, Any]]:
        """The member's accruals, oldest first, as a status query shows them; to look here counts as no reading."""
        self._settle()
        return [self._status.item(accrual) for accrual in self._ledger.accruals if accrual.ffn == ffn]

    def received(self, operation: str) -> int:
        """How many requests of that operation arrived, refused ones included."""
        return self._door.received[operation]

    def early_questions(self) -> int:
        """How many questions about one accrual came before the published wait was over."""
        return self._status.early_questions

    # --- what becomes of an answer ---

    def _settle(self) -> None:
        self._ledger.settle()
        self._cards.settle()

    def _answered(self, call: Call, name: str, operation: Operation) -> Answer:
        lost = next((entry for entry in self._lost if entry[0] == name), None)
        if lost is not None:
            self._lost.remove(lost)
            return self._unheard(call, operation, accepted=lost[1])
        answer = operation(call)
        if name in self._garbled:
            self._garbled.remove(name)
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        return answer

    def _unheard(self, call: Call, operation: Operation, *, accepted: bool) -> Answer:
        """Acted on or not, the caller hears nothing."""
        before = len(self._ledger.accruals)
        answer = operation(call) if accepted else Answer(503)
        if self._rules.wrong("lost_accrual_is_hidden"):
            for accrual in self._ledger.accruals[before:]:
                accrual.hidden = True
        return replace(answer, cut=Cut.BEFORE_THE_ANSWER)
