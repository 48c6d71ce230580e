"""Whether those who play the roles are there, and whether the token opens anything: asked by operations that read, as the dossier says."""

import json
from collections.abc import Mapping
from typing import Any

from accredit.model.errors import AccreditError, UsageError
from accredit.model.filling import filled
from accredit.model.preflight import Check, no, unknown, yes
from accredit.model.provider import Lookup
from accredit.suite.preflight.asking import Asking
from accredit.wire.reply import Reply

_NOT_LET_IN = (401, 403)
Ask = Mapping[str, Any]


def accepted(asking: Asking) -> Check:
    """Looks everybody up, and says whether the token was good for it."""
    lookups = _lookups(asking)
    for lookup in lookups:
        _look_up(asking, lookup)
    answers = [reply for by_role in asking.replies.values() for reply in by_role.values() if isinstance(reply, Reply)]
    if not answers:
        why = (
            "no call that only reads could be made"
            if lookups
            else "no operation that only reads is known that could show it"
        )
        return unknown("accepted", why, "the first scenario will tell")
    first = answers[0]
    if first.status in _NOT_LET_IN:
        return no("accepted", f"a call with the token was answered {first.status} (exchange {first.exchange})",
                  "ask the provider whether the application may use this API, and with which scopes", (first.exchange,))  # fmt: skip
    return yes(
        "accepted",
        f"a call with the token was answered {first.status} (exchange {first.exchange})",
        exchanges=(first.exchange,),
    )


def kinds(asking: Asking) -> list[str]:
    """The kinds of roles that `accredit.toml` fills, and of which something is known."""
    facts = asking.live.plan.dossier.provider.preflight
    filled_in = _roles(asking)
    known = {*(lookup.kind for lookup in facts.lookups), *facts.untold} if facts else set()
    return [kind for kind in filled_in if kind in known or isinstance(filled_in[kind], Mapping)]


def data(asking: Asking, kind: str) -> Check:
    """Whether all who play a role of this kind were found."""
    facts, roles = asking.live.plan.dossier.provider.preflight, _roles(asking)[kind]
    lookup = next((found for found in _lookups(asking) if found.kind == kind and (found.there or found.missing)), None)
    if lookup is None:
        why = facts.untold.get(kind, "") if facts else ""
        return unknown(
            "data", f"{len(roles)} named; {why or 'no operation that only reads tells whether they are there'}"
        )
    there, missing = (_statuses(asking, told) for told in (lookup.there, lookup.missing))
    asked = asking.replies.get(kind, {})
    found = [role for role, reply in asked.items() if isinstance(reply, Reply) and reply.status in there - missing]
    lost = {
        role: reply for role, reply in asked.items() if isinstance(reply, Reply) and reply.status in missing - there
    }
    unclear = {role: reply for role, reply in asked.items() if role not in found and role not in lost}
    numbers = tuple(reply.exchange for reply in asked.values() if isinstance(reply, Reply))
    if lost:
        told = ", ".join(f"{role!r} (exchange {reply.exchange}: {reply.status})" for role, reply in lost.items())
        return no(
            "data",
            f"not found: {told}",
            f"correct these roles in accredit.toml, or in the budget if it names them, or ask the provider for its test {kind}",
            numbers,
        )
    if unclear or not found:
        told = (
            ", ".join(f"{role!r}: {_said(reply)}" for role, reply in unclear.items()) or "no role could be asked about"
        )
        return unknown("data", f"{len(found)} found; of others it cannot be said: {told}", exchanges=numbers)
    return yes("data", f"all {len(found)} found", exchanges=numbers)


def _look_up(asking: Asking, lookup: Lookup) -> None:
    """One call for each role that is to be found; none that writes, whatever the dossier says."""
    live = asking.live
    if live.plan.dossier.contract[lookup.operation].effect != "reads":
        raise UsageError(
            f"provider.toml, [preflight]: {lookup.operation} does more than read; a preflight never sends it. Correct the file."
        )
    answers = asking.replies.setdefault(lookup.kind, {})
    sent: dict[str, Reply | str] = {}
    wanted = [pair for pair in _roles(asking).get(lookup.kind, {}).items() if pair[0] not in lookup.absent]
    for role, who in wanted[: lookup.most]:
        ask = _filled(asking, lookup, who)
        if ask is None:
            answers[role] = "accredit.toml does not say by what it can be found"
            continue
        key = json.dumps(ask, sort_keys=True, default=str)
        answer = answers[role] = sent[key] = sent[key] if key in sent else _sent(asking, lookup.operation, ask)
        if isinstance(answer, Reply) and answer.status in _NOT_LET_IN:
            return


def _sent(asking: Asking, operation: str, ask: Ask) -> Reply | str:
    try:
        return asking.live.api.patiently(operation, **ask)
    except AccreditError as trouble:
        return str(trouble)


def _filled(asking: Asking, lookup: Lookup, who: Any) -> Ask | None:
    """The first of the requests whose every place somebody can fill."""
    live = asking.live
    values: dict[str, Any] = dict(who) if isinstance(who, Mapping) else {"value": who}
    claimed = next((name for name in lookup.claimed if live.partner.claims(name)), None)
    values |= {"partner_id": live.partner.id, "today": f"{asking.now():%Y-%m-%d}"}
    values |= {"claimed": claimed.rpartition(":")[2]} if claimed else {}
    for ask in lookup.asks:
        try:
            return {part: filled(told, values, live.settings) for part, told in ask.items()}
        except KeyError:
            continue
    return None


def _lookups(asking: Asking) -> list[Lookup]:
    facts, partner = asking.live.plan.dossier.provider.preflight, asking.live.partner
    return [each for each in (facts.lookups if facts else ()) if not each.needs or partner.claims(each.needs)]


def _roles(asking: Asking) -> Mapping[str, Any]:
    return asking.live.roles


def _statuses(asking: Asking, told: tuple[int | str, ...]) -> set[int]:
    return {int(asking.live.settings[one] if isinstance(one, str) else one) for one in told}


def _said(reply: Reply | str) -> str:
    return f"{reply.status} (exchange {reply.exchange})" if isinstance(reply, Reply) else reply
