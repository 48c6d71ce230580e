"""Requests to earn or redeem: refused at once, or accepted and processed later (seed)."""

from collections.abc import Callable, Mapping
from typing import Any

from accredit import Answer, Call

from .clients import Client
from .ledger import Ledger
from .processing import Processing, Result
from .programme import Programme
from .reading import body_of, is_sound, request_of
from .refusals import api_error
from .results import Results
from .signing import Signing
from .tokens import Tokens
from .world import World

Told = Mapping[str, Any]
Check = Callable[[Call, Client, Told], Answer | None]
_JSON = "application/json"


class Points:
    """The operation requestPoints. `balance_check`: when a small balance shows, `async` or `sync`."""

    def __init__(
        self, world: World, tokens: Tokens, signing: Signing, programme: Programme, ledger: Ledger,
        processing: Processing, results: Results,
    ) -> None:  # fmt: skip
        self._world, self._tokens, self._signing, self._programme = world, tokens, signing, programme
        self._ledger, self._processing, self._results = ledger, processing, results
        self.balance_check = str(world.setting("burn.balanceCheck"))
        self._known: dict[tuple[str, str], Result] = {}
        self._checks: Mapping[str, Check] = {
            "scope": self._scope,
            "signature": self._signature,
            "body": self._body,
            "rule": self._rule,
            "client": self._client,
            "window": self._window,
            "user": self._user,
            "balance": self._balance,
        }

    def answer(self, call: Call) -> Answer:
        """The checks in the order of the settings (U-17); whose token it is, is always known first."""
        client = self._caller(call)
        if isinstance(client, Answer):
            return client
        told = body_of(call)
        for name in self._world.setting("points.checkOrder"):
            refused = self._checks[name](call, client, told) if name != "token" else None
            if refused is not None:
                if name == "rule":
                    self._charge_for_refusal(told)
                return refused
        return self._accepted(client, told)

    def _caller(self, call: Call) -> Client | Answer:
        if "authorization" not in call.headers and self._world.wrong("points_need_no_token"):
            return self._tokens.anybody(call.environment)
        return self._tokens.shown(call, "points_take_any_token")

    # --- the checks, each of which leaves to the others what it cannot judge ---

    def _scope(self, call: Call, client: Client, told: Told) -> Answer | None:
        """A missing scope is 401 here, and a client not listed 403; OAuth has it the other way round (seed)."""
        if client.has_scope or self._world.wrong("scope_is_not_looked_at"):
            return None
        return api_error(self._world, 403 if self._world.wrong("missing_scope_is_forbidden") else 401)

    def _signature(self, call: Call, client: Client, told: Told) -> Answer | None:
        return self._refused("errors.badSignature") if self._signing.is_wrong(call, client) else None

    def _body(self, call: Call, client: Client, told: Told) -> Answer | None:
        extra = self._world.setting("errors.extraStatuses")
        if not call.headers.get("content-type", "").lower().startswith(_JSON):
            return api_error(self._world, 415 if 415 in extra else 400)
        if not is_sound(told, self._world):
            return api_error(self._world, 422 if told and 422 in extra else 400)
        mode = self._world.setting("points.repeatedRequestId")
        if (client.id, told.get("requestId")) in self._known and mode.startswith("reject_"):
            return api_error(self._world, int(mode.removeprefix("reject_")))
        return None

    def _rule(self, call: Call, client: Client, told: Told) -> Answer | None:
        known = str(told.get("ruleId")) in self._programme.rules
        return None if known or self._world.wrong("unknown_rule_is_accepted") else api_error(self._world, 400)

    def _client(self, call: Call, client: Client, told: Told) -> Answer | None:
        rule = self._programme.rules.get(str(told.get("ruleId")))
        listed = rule is None or self._programme.may_be_triggered_by(rule, client)
        return None if listed else api_error(self._world, 403)

    def _window(self, call: Call, client: Client, told: Told) -> Answer | None:
        rule = self._programme.rules.get(str(told.get("ruleId")))
        return None if rule is None or self._programme.is_open(rule) else api_error(self._world, 400)

    def _user(self, call: Call, client: Client, told: Told) -> Answer | None:
        known = self._ledger.knows(str(told.get("userId")))
        return None if known or self._world.wrong("unknown_user_is_accepted") else api_error(self._world, 400)

    def _balance(self, call: Call, client: Client, told: Told) -> Answer | None:
        """A small balance, where it is refused at once; else it shows in the result (seed names both)."""
        if self.balance_check != "sync" or self._world.wrong("small_balance_is_accepted_at_once"):
            return None
        short = self._processing.is_beyond_balance(request_of(told, client, self._world))
        return api_error(self._world, 400) if short else None

    # --- what is accepted ---

    def _accepted(self, client: Client, told: Told) -> Answer:
        request = request_of(told, client, self._world)
        known = self._known.get((client.id, request.request_id))
        if known is not None and self._world.setting("points.repeatedRequestId") == "replay_result":
            self._results.send(known)
        else:
            result = self._processing.process(request, at_once=self._results.next_overtakes)
            self._known.setdefault((client.id, request.request_id), result)
            self._results.send(result)
        shape = self._world.setting("points.acceptedBody")
        if shape == "empty":
            return Answer(202)
        return Answer.of_json(202, {"requestId": request.request_id} if shape == "requestId" else {})

    def _charge_for_refusal(self, told: Told) -> None:
        user = str(told.get("userId"))
        if self._ledger.knows(user) and self._world.wrong("refusal_costs_a_point"):
            self._ledger.put_balance(user, self._ledger.expected(user) - 1)

    def _refused(self, setting: str) -> Answer:
        return api_error(self._world, int(self._world.setting(setting)))
