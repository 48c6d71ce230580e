"""Whether we are let in, and where we are then: firewall, token, environment, clocks."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from accredit.model.errors import CannotJudge, EdgeDenied
from accredit.model.exchange import Exchange
from accredit.model.jwt import issuer_of
from accredit.model.preflight import Check, no, unknown, yes
from accredit.suite.preflight.asking import Asking, said_in
from accredit.suite.preflight.places import hosts_of, marked_wrongly, other_of, same_credentials

_COARSE = timedelta(seconds=5)
"""How much a `Date` may lag behind its own server's clock: it tells whole seconds, and servers and caches keep it for a while."""


def edge(asking: Asking) -> Check:
    """Asks for a token, and says who answered. Whether it was granted is another question."""
    before, asked = asking.now(), asking.live.line.last
    try:
        asking.live.api.tokens.current()
    except EdgeDenied as denied:
        asking.token_trouble = str(denied)
        number = asking.last.number if asking.last else 0
        return no("edge", f"a firewall answered (reference {denied.reference or 'not given'}, exchange {number})",
                  "give the reference to the provider's support, with the address that you call from", (number,))  # fmt: skip
    except CannotJudge as trouble:
        asking.token_trouble = str(trouble)
    came = asking.last
    if came is None or came.number <= asked or came.response is None:
        reason, _, step = asking.token_trouble.partition("; ")
        return no("edge", f"nothing was answered: {reason}", step or "check the host, the network and the firewall")
    asking.token_window = before, asking.now()
    if "html" in _header(came, "content-type"):
        return no("edge", f"a web page came in place of the API's answer{said_in(came)} (exchange {came.number})",
                  "check the base URL; a proxy or firewall may stand between", (came.number,))  # fmt: skip
    return yes("edge", f"the API answered {came.response.status} (exchange {came.number})", exchanges=(came.number,))


def token(asking: Asking) -> Check:
    """How the token call ended; it was made when the firewall was asked about."""
    came = asking.last
    number = (came.number,) if came else ()
    if not asking.token_trouble:
        return yes("token", f"granted (exchange {number[0] if number else '?'})", exchanges=number)
    reason, _, step = asking.token_trouble.partition("; ")
    told = said_in(came) if came else ""
    return no("token", f"{reason}{told}", step.rstrip(".") or "check the credentials", number)


def identity(asking: Asking) -> Check:
    """Whether everything speaks for this environment: where requests went, how they were marked, whose the token is."""
    live = asking.live
    plan, facts = live.plan, live.line.guard.doors[0].facts
    where = f"requests go to {', '.join(dict.fromkeys(door.base_url for door in live.line.guard.doors))}"
    marks = [f"with {name}: {value}" for name, value in facts.required_headers.items()]
    marks += [f"without {name}" for name in facts.forbidden_headers]
    told = ", ".join([where, *marks])
    if wrong := marked_wrongly(live):
        return no("identity", wrong, "this is our own fault; please report it")
    if shared := same_credentials(plan):
        return no("identity", f"{', '.join(shared)}: the value is that of {other_of(plan)} as well, where each has its own",
                  f"give {plan.choices.environment} the credentials that were issued for it")  # fmt: skip
    issuer = urlsplit(issuer_of(live.api.tokens.current())).hostname or ""
    own, others = hosts_of(plan, plan.choices.environment), hosts_of(plan, other_of(plan))
    if issuer in others - own:
        return no(
            "identity",
            f"the token was issued by {issuer}, which is {other_of(plan)}",
            "check base URLs and credentials",
        )
    if issuer in own - others:
        return yes("identity", f"{told}; the token was issued by {issuer}")
    preflight = plan.dossier.provider.preflight
    apart = (
        preflight.apart
        if preflight and preflight.apart
        else "nothing published tells the environments apart from outside"
    )
    return unknown(
        "identity", f"{told}; {apart}", "compare the test data that is found with what the provider set up here"
    )


def clock(asking: Asking) -> Check:
    """How far our clock lies from the one that the token's answer is dated by."""
    came = asking.last if asking.token_window is None else _token_exchange(asking)
    if came is None or asking.token_window is None:
        return unknown("clock", "not asked, since nothing was answered")
    theirs = _dated(came)
    if theirs is None:
        return unknown(
            "clock",
            f"the answer bears no date that can be read (exchange {came.number})",
            "check that this machine keeps time",
        )
    before, after = asking.token_window
    ahead, behind = max(before - theirs - _COARSE, timedelta()), max(theirs - after, timedelta())
    most_ahead, most_behind, by = _bounds(asking)
    told = (
        f"ours is {_seconds(ahead)} ahead"
        if ahead
        else f"ours is {_seconds(behind)} behind"
        if behind
        else "no difference can be seen"
    )
    told = f"{told} (exchange {came.number}); {by}"
    if ahead > most_ahead or (most_behind is not None and behind > most_behind):
        return no("clock", told, "have this machine keep time by NTP; if it does, tell the provider", (came.number,))
    return yes("clock", told, exchanges=(came.number,))


def _bounds(asking: Asking) -> tuple[timedelta, timedelta | None, str]:
    """How far ahead and behind our clock may be, and why so far. None behind is without bound."""
    live, facts = asking.live, asking.live.plan.dossier.provider.preflight
    if facts is None:
        return timedelta(minutes=1), timedelta(minutes=1), "up to 60 s is our choice"
    if live.signer is not None and facts.signed_ahead:
        ahead, behind = (float(live.settings[name]) for name in (facts.signed_ahead, facts.signed_behind))
        told = f"{ahead:g} s ahead, by {facts.signed_ahead}; {behind:g} s behind, by {facts.signed_behind}"
        return (
            timedelta(seconds=ahead),
            timedelta(seconds=behind) if behind else None,
            f"a signature's time may be {told}",
        )
    seconds = float(live.settings[facts.clock])
    return timedelta(seconds=seconds), timedelta(seconds=seconds), f"up to {seconds:g} s, by the setting {facts.clock}"


def _token_exchange(asking: Asking) -> Exchange | None:
    operation = asking.live.plan.dossier.provider.auth.operation
    return next((e for e in asking.live.line.exchanges if e.operation == operation and e.response), None)


def _dated(exchange: Exchange) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_header(exchange, "date"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _header(exchange: Exchange, wanted: str) -> str:
    pairs = exchange.response.headers if exchange.response else ()
    return next((value for name, value in pairs if name.lower() == wanted), "")


def _seconds(much: timedelta) -> str:
    return f"{much.total_seconds():.0f} s"
