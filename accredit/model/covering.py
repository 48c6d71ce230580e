"""What runs under a budget: which requirements its operations cover, which they do not and why, which lack somebody. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from accredit.model.budget import Budget
from accredit.model.writes import Writes


def covered(facts: Mapping[str, Writes], operations: Collection[str]) -> frozenset[str]:
    """Requirements whose scenarios make no other writes than of these operations."""
    shown = {id_ for writes in facts.values() for id_ in writes.shows}
    return frozenset(id_ for id_ in shown if all(name in operations for name in _writing(facts, id_)))


def left_out(facts: Mapping[str, Writes], operations: Collection[str]) -> dict[str, str]:
    """Requirement → why its scenarios do not run under a budget of these operations."""
    found = {id_: why for writes in facts.values() for id_, why in writes.kept_out.items()}
    shown = {id_ for writes in facts.values() for id_ in writes.shows} - covered(facts, operations)
    for id_ in sorted(shown):
        missing = [name for name in _writing(facts, id_) if name not in operations]
        why = next((facts[name].never for name in missing if facts[name].never), "")
        found[id_] = (
            f"{missing[0]} cannot be budgeted: {why}" if why else f"the budget does not name {', '.join(missing)}"
        )
    return found


def not_played(facts: Mapping[str, Writes], budget: Budget, roles: Mapping[str, Mapping[str, Any]],
               requirements: Collection[str]) -> dict[str, list[str]]:  # fmt: skip
    """`members."known by both"` → those of the requirements that cannot be judged, since nobody plays it to whom may be written.

    Args:
        roles: As accredit.toml fills them.
    """
    found: dict[str, set[str]] = {}
    for name in budget.operations:
        for kind, role, asking in _asked(facts[name]):
            player, named = roles.get(kind, {}).get(role), budget.roles.get(kind, {})
            may_be_there = player is not None and (kind not in facts[name].held or player in named.values())
            if role not in named and not may_be_there and (lost := asking & set(requirements)):
                found.setdefault(f'{kind}."{role}"', set()).update(lost)
    return {role: sorted(lost) for role, lost in found.items()}


def _asked(writes: Writes) -> Iterator[tuple[str, str, set[str]]]:
    return ((kind, role, set(asking)) for kind, players in writes.asks.items() for role, asking in players.items())


def _writing(facts: Mapping[str, Writes], requirement: str) -> list[str]:
    return [name for name, writes in facts.items() if requirement in writes.shows]
