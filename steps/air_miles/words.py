"""What several topics say: how a transaction is sent, and what becomes of a collector's miles."""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accredit import Api, CannotJudge, Clock, Exchange, Partner, Reply, expect, expect_equal

from . import baskets

SUMMARY = "scope:collector:summary:read"
_IN_ENVIRONMENT = "env:"
"""Before the name of a variable, for what may not stand in accredit.toml itself."""


@dataclass(frozen=True)
class Sent:
    """One transaction as the partner sent it, and what came back. `key` is empty when it was sent without one."""

    operation: str
    body: Mapping[str, Any]
    key: str
    reply: Reply

    @property
    def transaction(self) -> str:
        """The partner's own id of it."""
        return baskets.id_of(self.body)


@dataclass(frozen=True)
class Account:
    """A collector, and how to look at their miles: by Summary, or in the simulator's books."""

    number: str
    before: int
    look: Callable[[], int]

    @property
    def change(self) -> int:
        """Miles that have come since, or gone when it is negative."""
        return self.look() - self.before


# --- who and how ---


def number(partner: Partner, role: str) -> str:
    """The collector number of who plays the role."""
    try:
        return str(partner.member(role)["number"])
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no number: add it to that role in accredit.toml.") from None


def new_key() -> str:
    """As AIR MILES suggests: a UUID of version 4."""
    return str(uuid.uuid4())


# --- sending ---


def send(api: Api, operation: str, body: Mapping[str, Any], key: str | None = None, **how: Any) -> Sent:
    """Sends a transaction, under a new key unless one is given; an empty one is no key at all."""
    key = new_key() if key is None else key
    headers = {"Idempotency-Key": key} if key else {}
    return Sent(
        operation, body, key, api.call(operation, json=body, headers={**headers, **how.pop("headers", {})}, **how)
    )


def again(api: Api, sent: Sent) -> Sent:
    """The same bytes under the same key."""
    return send(api, sent.operation, sent.body, sent.key)


def patiently(api: Api, operation: str, body: Mapping[str, Any]) -> Sent:
    """Sends a transaction, and again under the same key for as long as AIR MILES asks for that."""
    key = new_key()
    return Sent(operation, body, key, api.patiently(operation, json=body, headers={"Idempotency-Key": key}))


def credited(api: Api, operation: str, body: Mapping[str, Any], account: Account) -> Sent:
    """A transaction that is a precondition of what follows; it must have moved the collector's miles."""
    before, sent = account.look(), send(api, operation, body)
    if sent.reply.status != 200 or account.look() <= before:
        raise CannotJudge(f"a transaction that should have been credited was not (exchange {sent.reply.exchange})")
    return sent


def credit(api: Api, partner: Partner, clock: Clock, number: str, miles: int) -> Reply:
    """Credits so many miles by whichever method the partner has agreed."""
    return send(api, *baskets.earning(partner, clock, baskets.method_of(partner), number, miles)).reply


# --- what came of it ---


def expect_done(sent: Sent) -> None:
    """200. A transaction that AIR MILES chose to delay says nothing either way."""
    if sent.reply.status == 202:
        raise CannotJudge(f"accepted as pending (exchange {sent.reply.exchange}); run again when it has settled.")
    expect_equal("the answer", sent.reply.status, 200)


def expect_repeat(first: Sent, repeat: Sent, partner: Partner) -> None:
    """What a repeat draws by the settings: the same again, a plain 200, or a word that it was sent before."""
    how = partner.setting("idem.replay")
    expect_equal("the repeat", repeat.reply.status, first.reply.status if how == "same" else int(how))


def collectors_miles(api: Api, partner: Partner, role: str) -> int:
    """The collector's miles as Summary shows them, both balances together."""
    partner.needs(SUMMARY)
    reply = api.call("getSummary", token=member_token(api, partner, role), renew=False)
    expect_equal("Summary", reply.status, 200)
    names, told = partner.setting("collector.summary.responseSchema"), reply.json
    expect(isinstance(told, dict), "Summary", wanted="an object", got=type(told).__name__)
    shown = [told[names[kind]] for kind in ("dream", "cash") if names[kind] in told]
    expect(bool(shown) and all(isinstance(m, int) for m in shown), "the balances", wanted="whole numbers", got=shown)
    return sum(shown)


def member_token(api: Api, partner: Partner, role: str) -> str:
    """An access token for that collector, by the refresh token that a log-in by hand has left."""
    standing = str(partner.member(role).get("refresh_token", ""))
    if standing.startswith(_IN_ENVIRONMENT):
        standing = os.environ.get(standing.removeprefix(_IN_ENVIRONMENT), "")
    if not standing:
        raise CannotJudge(f"the member {role!r} has no refresh_token: log in once by hand, asking for offline_access, "
                          'and say refresh_token = "env:NAME" of the variable that holds it.')  # fmt: skip
    form = {"grant_type": "refresh_token", "refresh_token": standing}
    form |= {name: partner.secret(name) for name in ("client_id", "client_secret")}
    granted = api.call("requestToken", form=form, token=None)
    value = granted.json.get("access_token") if granted.is_success else None
    if not isinstance(value, str):
        raise CannotJudge(f"no token for the member {role!r}: answered {granted.status} (exchange {granted.exchange}).")
    return value


def by_summary(api: Api, partner: Partner, role: str) -> Account:
    """The collector, their miles seen through Summary."""
    account = Account(number(partner, role), 0, lambda: collectors_miles(api, partner, role))
    return replace(account, before=account.look())


# --- what was sent in all ---


def calls(exchanges: Sequence[Exchange], operation: str) -> list[Exchange]:
    """The calls of one operation in the scenario under way."""
    now = exchanges[-1].scenario
    return [e for e in exchanges if e.scenario == now and e.operation == operation]


def key_of(exchange: Exchange) -> str:
    """The Idempotency-Key that was sent; empty when none was."""
    return {name.lower(): value for name, value in exchange.request.headers}.get("idempotency-key", "")
