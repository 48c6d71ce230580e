"""What several topics say of a user's points: read, counted, waited for, and made sure of."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from accredit import Api, Callbacks, CannotJudge, Clock, Partner, Reply

from . import words

COUNTED = "counted"
"""The user whose points are counted. One scenario at a time may do so."""


@dataclass(frozen=True)
class Before:
    """A user's points before what a scenario is about."""

    role: str
    points: Decimal


def points(told: float) -> Decimal:
    """Points as JSON has them, exactly as written there."""
    return Decimal(str(told))


def read_balance(api: Api, partner: Partner, role: str, **how: Any) -> Reply:
    """A balance read, by the organisation that the role names, else by that of the settings."""
    path = {
        "orgId": str(partner.member(role).get("orgId", partner.setting("balance.organisation"))),
        "programme": partner.setting("balance.programme"),
        "userId": words.user(partner, role),
    }
    return api.call("getBalance", path=path, **how)


def figure(partner: Partner, reply: Reply) -> Decimal | None:
    """The figure in the answer to a balance read; None when there is none."""
    if reply.status != 200:
        return None
    told = reply.json
    shown = told.get(partner.setting("balance.body")["balance"]) if isinstance(told, dict) else None
    return points(shown) if isinstance(shown, int | float) and not isinstance(shown, bool) else None


def balance(api: Api, partner: Partner, role: str) -> Decimal:
    """A user's points, for scenarios that are about something else."""
    reply = read_balance(api, partner, role)
    shown = figure(partner, reply)
    if shown is None:
        raise CannotJudge(f"the balance of {role!r} cannot be read: {reply.status} (exchange {reply.exchange})")
    return shown


def settled_balance(api: Api, partner: Partner, clock: Clock, role: str, wanted: Decimal) -> Decimal:
    """A user's points, read again for as long as the settings allow until they are as wanted."""
    shown = balance(api, partner, role)
    for pause in partner.setting("balance.pollSeconds"):
        if shown == wanted:
            break
        clock.wait(float(pause))
        shown = balance(api, partner, role)
    return shown


def fund(api: Api, partner: Partner, callbacks: Callbacks, role: str, points: int) -> None:
    """Sees to it that the user has at least so many points, by earning what is missing."""
    partner.needs("burn")
    missing = points - balance(api, partner, role)
    if missing > 0:
        if not partner.claims("earn"):
            raise CannotJudge(f"the user {role!r} has too few points; give them {missing:g} more")
        words.done(api, partner, callbacks, "earn", role, ceil(missing))
