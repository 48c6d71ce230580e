"""The balance of a user, read (seed); what it answers is not published, so all of it is settings."""

from datetime import timedelta
from decimal import Decimal

from accredit import Answer, Call

from .clients import Client
from .ledger import Ledger
from .refusals import api_error
from .results import json_number
from .tokens import Tokens
from .world import World

_PLACE = "/latitude-points/orgs/"
_FOR_EVER = timedelta(days=3650)


class Balance:
    """The operation getBalance."""

    def __init__(self, world: World, tokens: Tokens, ledger: Ledger) -> None:
        self._world, self._tokens, self._ledger = world, tokens, ledger

    def answer(self, call: Call) -> Answer:
        client = self._caller(call)
        if isinstance(client, Answer):
            return client
        organisation, programme, user = _asked(call.path)
        own = organisation == self._world.setting("balance.organisation")
        if not own and not self._world.wrong("other_organisations_are_open"):
            return api_error(self._world, int(self._world.setting("balance.errors.organisation")))
        if programme != self._world.setting("balance.programme"):
            return api_error(self._world, 404)
        if self._world.wrong("encoded_ids_are_not_found") and " " in user:
            return api_error(self._world, 404)
        return self._shown(user) if self._ledger.knows(user) else self._nobody(user)

    def lag(self, seconds: float) -> None:
        """From now on a balance shows what was booked so long ago."""
        endless = seconds and self._world.wrong("lagging_balance_never_settles")
        self._ledger.lag = _FOR_EVER if endless else timedelta(seconds=seconds)

    def _caller(self, call: Call) -> Client | Answer:
        if "authorization" not in call.headers and self._world.wrong("balance_needs_no_token"):
            return self._tokens.anybody(call.environment)
        return self._tokens.shown(call, "balance_takes_any_token")

    def _nobody(self, user: str) -> Answer:
        status = int(self._world.setting("balance.errors.nobody"))
        if self._world.wrong("nobody_has_points"):
            return self._body(user, Decimal(100))
        return self._body(user, Decimal(0)) if status == 200 else api_error(self._world, status)

    def _shown(self, user: str) -> Answer:
        return self._body(user, self._ledger.balance(user))

    def _body(self, user: str, points: Decimal) -> Answer:
        names, figure = self._world.setting("balance.body"), json_number(points)
        value = f"{figure} points" if self._world.wrong("balance_is_a_text") else figure
        return Answer.of_json(200, {names["userId"]: user, names["balance"]: value})


def _asked(path: str) -> tuple[str, str, str]:
    """Organisation, programme and user of a decoded path; a user's id may hold slashes itself."""
    organisation, _, rest = path.partition(_PLACE)[2].partition("/")
    programme, _, user = rest.removeprefix("point-programs/").partition("/")
    return organisation, programme, user.removeprefix("balances/")
