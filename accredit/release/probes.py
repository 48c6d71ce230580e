"""Probes: calls that only read, filled in from roles and settings, made through the one client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accredit.model.errors import AccreditError, CannotJudge, UsageError
from accredit.model.probe import Probe
from accredit.suite.live import Live
from accredit.wire.reply import Reply

_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in for `{…}` in a probe: `{partner}`, `{role:members:known by both:ffn}`, `{setting:NAME}` or `{setting:NAME:KEY}`,
    `{day:-1}` from today, `{each}`."""

    live: Live
    at: datetime
    each: str = ""

    def fill(self, value: Any) -> Any:
        """The value with everything filled in, names of fields too.

        Raises:
            CannotJudge: nobody plays a role.
            UsageError: the probe asks for something there is not.
        """
        if isinstance(value, Mapping):
            return {self.fill(name): self.fill(inner) for name, inner in value.items()}
        return _PLACE.sub(lambda found: self._told(found[1]), value) if isinstance(value, str) else value

    def _told(self, name: str) -> str:
        kind, *rest = name.split(":")
        partner = self.live.partner
        match kind, rest:
            case "partner", []:
                return partner.id
            case "each", []:
                return self.each
            case "day", [days]:
                return (self.at.date() + timedelta(days=int(days))).isoformat()
            case "setting", [setting, *key]:
                return str(partner.setting(setting)[key[0]] if key else partner.setting(setting))
            case "role", ["members", role, field]:
                return _field(partner.member(role), role, field)
            case "role", ["products", role]:
                return partner.product(role)
        raise UsageError(f"process.toml: {{{name}}} is nothing that a probe can be filled in with.")


def _field(player: Mapping[str, Any], role: str, field: str) -> str:
    if field not in player:
        raise CannotJudge(f"the member {role!r} has no {field}: add it to that role in accredit.toml.")
    return str(player[field])


def why_left_out(probe: Probe, live: Live, following: bool) -> str:
    """Why a probe cannot be made in this watch; empty when it can."""
    if live.line.guard.contract[probe.operation].effect not in ("reads", "token"):
        return f"{probe.operation} does not only read"
    if missing := [need for need in probe.needs if not live.partner.claims(need)]:
        return f"the partner does not claim {', '.join(missing)}"
    if probe.each:
        return "" if following else "no transactions were named: --transactions FILE"
    try:
        Filling(live, live.clock.now()).fill({**probe.path, **probe.query, **probe.headers, **probe.body})
    except CannotJudge as nobody:
        return str(nobody)
    return ""


def make(probe: Probe, live: Live, each: str = "") -> str:
    """Makes one call; what went wrong before there was an answer to look at, or nothing. Its exchanges are in the journal."""
    filling = Filling(live, live.clock.now(), each)
    live.line.scenario = probe.name
    try:
        _send(probe, live, filling)
    except AccreditError as failed:
        if live.journal.failure is not None:
            raise
        return str(failed)
    finally:
        live.line.scenario = ""
    return ""


def _send(probe: Probe, live: Live, filling: Filling) -> Reply:
    if probe.operation == live.plan.dossier.provider.auth.operation:
        live.api.tokens.forget()  # a token that is at hand would prove nothing
        live.api.tokens.current()
        return Reply(200, {}, b"", live.line.last)
    body = filling.fill(probe.body)
    return live.api.call(probe.operation, path=filling.fill(probe.path), query=filling.fill(probe.query), headers=filling.fill(probe.headers),
                         json=body or None, edge_expected=True)  # fmt: skip
