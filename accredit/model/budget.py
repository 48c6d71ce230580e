"""What a run may do in production, as two people signed it: `assisted-production.toml`. Pure: time is handed in."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from accredit.model.errors import UsageError
from accredit.model.reading import Strict, read

FILE = "assisted-production.toml"
"""Beside accredit.toml. Nothing is spent because it lies there: it has to be asked for."""
_APPROVERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Strict):
    """What was agreed in writing: its name, and how many points and writing requests it allows in all, whatever the budgets."""

    name: str
    points: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(Strict):
    """How many points may move, in either direction: by all requests together, and by each."""

    total: int
    each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Strict):
    """How many requests of an operation may be sent. One that is sent again counts again."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Strict):
    """What may leave for production besides what reads.

    Attributes:
        start, end: From when and until when, aware; the end is not part of it.
        approvers: Names of the tables in `[people]` of the two who sign the file.
        kill_switch: A file's path, seen from the budget's folder. While it exists nothing leaves under the budget.
        operations: operationId → how often.
        roles: Kind (`members`, `products`, …) → role → who or what plays it. Nobody else is written to.
    """

    provider: str
    environment: Literal["production"]
    ticket: Ticket
    start: datetime
    end: datetime
    approvers: tuple[str, ...]
    kill_switch: str
    points: Points
    operations: dict[str, Count]
    roles: dict[str, dict[str, Any]]

    @property
    def requests(self) -> int:
        """How many writing requests in all."""
        return sum(operation.count for operation in self.operations.values())

    def not_at(self, moment: datetime) -> str:
        """Why it does not hold at that moment; empty when it does."""
        if moment < self.start:
            return f"the budget of {self.ticket.name} begins at {_told(self.start)}, and it is {_told(moment)}; wait, or have another signed"
        if moment >= self.end:
            return (
                f"the budget of {self.ticket.name} ended at {_told(self.end)}, and it is {_told(moment)}; "
                "have another signed"
            )
        return ""

    def players(self, kind: str) -> Collection[Any]:
        """Everybody or everything of that kind: `members.ffn` are the members' values of that name, `products` the products."""
        kind, _, name = kind.partition(".")
        known = self.roles.get(kind, {}).values()
        return [p[name] for p in known if isinstance(p, Mapping) and name in p] if name else list(known)


def budget_from(data: Mapping[str, Any], provider: str, where: str) -> Budget:
    """The budget from parsed TOML.

    Raises:
        UsageError: an unknown, missing or ill-typed key; another provider's or environment's; more than its ticket allows.
    """
    if (told := data.get("environment", "production")) != "production":
        raise UsageError(f"{where} is for {told!r}; only production takes a budget. Leave it out, or correct it.")
    budget = read(Budget, data, where)
    if budget.provider != provider:
        raise UsageError(f"{where} is for {budget.provider!r}, and this run is {provider}'s; name the right one.")
    if wrong := [*_ill_typed(data), *_unsound(budget), *_beyond_ticket(budget)]:
        raise UsageError(
            f"{where} cannot be used:\n  " + "\n  ".join(wrong) + "\nPut these right, and have it signed anew."
        )
    return budget


def _ill_typed(data: Mapping[str, Any]) -> list[str]:
    """What reading would have taken for what it is not: a number in quotes, a time without one."""
    counts = {f"operations.{name}.count": told["count"] for name, told in data["operations"].items()}
    tables = {
        table: told
        for table, told in data.items()
        if isinstance(told, Mapping) and table not in ("operations", "roles")
    }
    counts |= {
        f"{table}.{name}": value for table, told in tables.items() for name, value in told.items() if name != "name"
    }
    wrong = [f"{name} is {value!r}; it must be a whole number, not below 0" for name, value in counts.items()
             if type(value) is not int or value < 0]  # fmt: skip
    for name in ("start", "end"):
        value = data[name]
        if not isinstance(value, datetime) or value.tzinfo is None:
            wrong.append(f"{name} is {value}; it must be a time with its offset, such as 2026-11-24T09:00:00-03:00")
    return wrong


def _unsound(budget: Budget) -> list[str]:
    wrong = []
    if not budget.ticket.name.strip():
        wrong.append("ticket.name is empty; name the ticket in which this was agreed")
    if not budget.kill_switch.strip():
        wrong.append("kill_switch is empty; name the file that stops everything as soon as it exists")
    if len(set(budget.approvers)) != _APPROVERS or len(budget.approvers) != _APPROVERS:
        wrong.append(f"approvers are {', '.join(budget.approvers) or 'nobody'}; name two different people of [people]")
    if budget.start.tzinfo and budget.end.tzinfo and budget.end <= budget.start:
        wrong.append(f"it ends at {_told(budget.end)}, which is not after its start, {_told(budget.start)}")
    if not budget.operations:
        wrong.append("it names no operation; without one it allows nothing, and needs no signature")
    wrong += [f'roles.{kind}."{role}" is not filled in' for kind, players in budget.roles.items()
              for role, player in players.items() if any(value in ("", "…") for value in _values(player))]  # fmt: skip
    return wrong


def _values(player: Any) -> Iterator[str]:
    if isinstance(player, Mapping):
        for value in player.values():
            yield from _values(value)
    else:
        yield str(player).strip()


def _beyond_ticket(budget: Budget) -> list[str]:
    ticket, wrong = budget.ticket, []
    if budget.points.total > ticket.points:
        wrong.append(f"points.total is {budget.points.total}, the ticket {ticket.name} allows {ticket.points}")
    if budget.requests > ticket.requests:
        wrong.append(f"it counts {budget.requests} requests in all, the ticket {ticket.name} allows {ticket.requests}")
    if budget.points.each > budget.points.total:
        wrong.append(f"points.each is {budget.points.each}, more than points.total, {budget.points.total}")
    return wrong


def _told(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
