"""Points enacted: which part answers which operation, and the channel by which scenarios take hold of it.

Whatever the provider did not publish is a setting of `provider.toml`; nothing here decides it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from accredit import Answer, Call, Outbox, Setup

from .balance import Balance
from .clients import Clients
from .defects import DEFECTS
from .fixtures import roles
from .ledger import Ledger
from .mishaps import Mishaps
from .points import Points
from .processing import Processing
from .programme import Programme
from .results import Results
from .signing import Signing
from .tokens import Tokens
from .world import World

Operation = Callable[[Call], Answer]
_STAGING = "certification"


class Simulator:
    """One Points, both its environments. Nothing waits: time is what the clock it was handed says."""

    DEFECTS: ClassVar[Mapping[str, str]] = DEFECTS

    def __init__(self, setup: Setup) -> None:
        self._world = world = World(setup, DEFECTS)
        self.outbox = Outbox(setup.now)
        self._clients = Clients(world)
        self._tokens = Tokens(world, self._clients)
        self._programme = Programme(world, self._clients)
        self._ledger = Ledger(world)
        self._processing = Processing(world, self._programme, self._ledger)
        self._results = Results(world, self._ledger, self.outbox)
        self._balance = Balance(world, self._tokens, self._ledger)
        self._points = Points(world, self._tokens, Signing(world, self._clients), self._programme, self._ledger,
                              self._processing, self._results)  # fmt: skip
        self._mishaps = Mishaps(world, self._results)
        self._received: Counter[str] = Counter()
        self._operations: Mapping[str, Operation] = {
            "requestToken": self._tokens.grant,
            "requestPoints": self._points.answer,
            "getBalance": self._balance.answer,
        }

    def access(self, environment: str) -> Mapping[str, str]:
        """Client id and secret, signing key and its id."""
        return self._clients.access(environment)

    def roles(self, environment: str) -> Mapping[str, Any]:
        """Who plays which role. The same users and rules in both environments."""
        return roles(str(self._world.setting("balance.organisation")))

    def answer(self, call: Call) -> Answer:
        """Answers one request."""
        operation = self._operations.get(call.operation or "")
        if call.operation is None or operation is None:
            return Answer.of_text(404, "no such operation")
        self._received[call.operation] += 1
        if (limited := self._mishaps.too_many(call.operation)) is not None:
            return limited
        return self._mishaps.befall(call, operation)

    # --- control: clients and tokens ---

    def withdraw_scope(self) -> None:
        """The partner's client in staging lacks the scope that points need."""
        self._clients.own(_STAGING).has_scope = False

    def grant_scope(self) -> None:
        """It has it again, as it had in the beginning."""
        self._clients.own(_STAGING).has_scope = True

    def disable_client(self) -> None:
        """ABC disables the partner's client in staging."""
        self._clients.own(_STAGING).is_enabled = False

    def enable_client(self) -> None:
        """ABC enables it again."""
        self._clients.own(_STAGING).is_enabled = True

    def word_refusals(self, style: str) -> None:
        """Tokens are refused in the manner of `401_new` or `400_old` from now on."""
        if style not in ("401_new", "400_old"):
            raise ValueError(f"no token is refused in the manner of {style!r}")
        self._tokens.style = style

    def offer_refresh(self, offered: bool) -> None:
        """Token answers carry a refresh token and a member that nobody knows, or do so no longer."""
        self._tokens.offers_refresh = offered

    def others_key(self) -> tuple[str, str]:
        """Key id and private PEM of a key that another client has registered."""
        return self._clients.others_key()

    def add_key(self) -> tuple[str, str]:
        """Registers one more key of the partner's; key id and private PEM."""
        return self._clients.add_key()

    def withdraw_key(self, key_id: str) -> None:
        """That key of the partner's counts no longer."""
        self._clients.withdraw_key(key_id)

    # --- control: rules and books ---

    def set_period(self, rule_id: str, starts_at: datetime, ends_at: datetime) -> None:
        """The rule is valid between these instants, both aware."""
        rule = self._programme[rule_id]
        rule.starts_at, rule.ends_at = starts_at, ends_at

    def leave_of_cap(self, rule_id: str, user_id: str, points: int) -> None:
        """Exactly so many points are left of the rule's cap for that user, where that many can be; else up to the cap."""
        rule = self._programme[rule_id]
        rule.cap = max(rule.cap or Decimal(0), Decimal(points))
        self._ledger.leave_of_cap(rule, user_id, Decimal(points))

    def put_balance(self, user_id: str, points: int) -> None:
        """The user has exactly so many points."""
        self._ledger.put_balance(user_id, Decimal(points))

    def balance_of(self, user_id: str) -> int:
        """The user's points in the books, whatever a balance read would say."""
        return int(self._ledger.expected(user_id))

    def check_balance(self, when: str) -> None:
        """Small balances show at once, `sync`, or in the result, `async`."""
        if when not in ("sync", "async"):
            raise ValueError(f"no balance is checked {when!r}")
        self._points.balance_check = when

    def lag_balance(self, seconds: float) -> None:
        """A balance read shows what was booked so long ago."""
        self._balance.lag(seconds)

    # --- control: what befalls the next calls and results ---

    def fail_next(self, operation: str, status: int, processed: bool, wait_seconds: int = 0) -> None:
        """The next call of that operation is answered with that status, after it was acted on or without.

        `wait_seconds` above 0 goes along as Retry-After.
        """
        self._mishaps.failures.append((operation, status, processed, wait_seconds))

    def lose_next_answer(self, operation: str, processed: bool) -> None:
        """The line breaks before the next answer of that operation, after or before the call was acted on."""
        self._mishaps.lost.append((operation, processed))

    def end_next_unexpectedly(self, booked: bool) -> None:
        """The next accepted request fails with an unexpected error, its points having moved or not."""
        self._processing.mishaps.append(booked)

    def delay_next_result(self, seconds: float) -> None:
        """The next result is sent so much later."""
        self._results.faults.append(("delay", seconds))

    def drop_next_result(self) -> None:
        """The next result is never sent."""
        self._results.faults.append(("drop", None))

    def repeat_next_result(self) -> None:
        """The next result is sent again, as often as the settings say."""
        self._results.faults.append(("repeat", None))

    def hurry_next_result(self) -> None:
        """The next result is sent before the answer to its request."""
        self._results.faults.append(("hurry", None))

    def swap_next_results(self) -> None:
        """Of the next two results, the second is sent first."""
        self._results.faults += [("swap", None), ("swap", None)]

    def contradict_next_result(self) -> None:
        """The next result is followed by a failure of the same request."""
        self._results.faults.append(("contradict", None))

    def forge_next_result(self, field: str, value: str) -> None:
        """The next result is followed by a forged one, in which that field has that value."""
        self._results.faults.append(("forge", (field, value)))

    def dress_next_result(self) -> None:
        """The next result carries fields that nobody knows."""
        self._results.faults.append(("dress", None))

    def reword_next_result(self, text: str) -> None:
        """The next result, should it be a failure, gives that text as its reason."""
        self._results.faults.append(("reword", text))

    def stamp_next_result(self, digits: int) -> None:
        """The next result's timestamp has so many fraction digits."""
        self._results.faults.append(("digits", digits))

    def garble_next_result(self) -> None:
        """The next result breaks off in the middle of its JSON."""
        self._results.faults.append(("garble", None))

    def swell_next_result(self) -> None:
        """The next result is far longer than anybody should read."""
        self._results.faults.append(("swell", None))

    def scatter_results(self, seconds: float) -> None:
        """Results are delayed at random by up to so long, and overtake each other; 0 ends it."""
        self._results.scatter = seconds

    def send_stray_result(self, url: str, user_id: str, rule_id: str, request_id: str) -> None:
        """A success of 10 points comes for a request that nobody made."""
        client = self._clients.own(_STAGING)
        self._results.send_stray(url, client.id, user_id, rule_id, request_id)

    def forget_mishaps(self) -> None:
        """Takes back everything that was to befall calls and results and has not."""
        self._mishaps.clear()
        self._results.faults.clear()
        self._processing.mishaps.clear()
        self._results.scatter = 0

    def received(self, operation: str) -> int:
        """How many requests of that operation arrived, refused ones included."""
        return self._received[operation]
