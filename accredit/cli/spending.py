"""What a budget lets a run do, in words on a terminal, and the question whether it may."""

import sys
from collections.abc import Collection, Mapping
from typing import Any

import click

from accredit.model.budget import Budget
from accredit.model.covering import not_played
from accredit.model.errors import UsageError
from accredit.model.partner import PartnerFacts
from accredit.model.scenario import Scenario
from accredit.model.spending import Spent
from accredit.model.visible import visible
from accredit.model.writes import Writes
from accredit.suite.budgets import Approved
from accredit.suite.plan import Plan

_WIDTH = 16
_KEPT = 2


def show_intent(plan: Plan, spent: Spent) -> None:
    """Says what is about to be sent, and that it cannot be taken back."""
    assert plan.approved is not None
    approved, provider = plan.approved, plan.dossier.provider
    write = [s for s in plan.expected if approved.covered & set(s.requirements)]
    place = "a rehearsal of production" if plan.facts.production.connect_to else provider.facts_of("production").label
    click.echo(f"About to write to {provider.title}, {place}, under {visible(approved.budget.ticket.name)}:")
    show_budget(approved, plan.dossier.writes, spent)
    show_not_played(approved, plan.dossier.writes, plan.facts, write)
    _line("scenarios", f"{len(write)} that write or need a write, {len(plan.expected) - len(write)} that only read")
    click.echo("What is given here cannot be taken back by accredit.")


def show_budget(approved: Approved, facts: Mapping[str, Writes], spent: Spent) -> None:
    """What it allows, and what was sent already.

    Args:
        facts: What requests name somebody by; nothing else of who plays a role is shown.
    """
    budget, digest = approved.budget, approved.digest
    for name, told in budget.operations.items():
        _line(name, f"at most {told.count} requests; {spent.count(digest, name)} were sent")
    _line(
        "points in all",
        f"at most {budget.points.total}, {budget.points.each} a request; {spent.under(budget=digest)[1]} were sent",
    )
    requests, points = spent.under(ticket=budget.ticket.name)
    _line("ticket", f"{visible(budget.ticket.name)} allows {budget.ticket.requests} requests and {budget.ticket.points} points; "
                    f"{requests} and {points} were sent")  # fmt: skip
    _line("from, until", f"{budget.start.isoformat()}, {budget.end.isoformat()}")
    for kind in budget.roles:
        _line(kind, ", ".join(_players(budget, kind, _named(facts, kind))))
    _line("kill switch", visible(budget.kill_switch))
    _line("signed by", ", ".join(f"{one.by} ({one.role}, {one.at:%Y-%m-%d %H:%M} UTC)" for one in approved.signed))
    _line("file", f"{approved.path}, SHA-256 {digest[:12]}…")


def show_not_played(
    approved: Approved, facts: Mapping[str, Writes], partner: PartnerFacts, scenarios: Collection[Scenario]
) -> None:
    """Names the roles that these scenarios write to, and that nobody plays.

    `not played      members."known by both" (LP-ACC-19, LP-ACC-20): not in the budget, so their scenarios cannot be judged`
    """
    requirements = {id_ for scenario in scenarios for id_ in scenario.requirements}
    for role, lost in not_played(facts, approved.budget, partner.production.roles, requirements).items():
        _line("not played", f"{role} ({', '.join(lost)}): not in the budget, so their scenarios cannot be judged")


def confirmed(budget: Budget, said: str) -> str:
    """The ticket, once the user has said that they have approval: by the option, else by typing its name.

    Raises:
        UsageError: they have not, or there is nobody to ask.
    """
    name = budget.ticket.name
    if said:
        if said != name:
            raise UsageError(f"--yes-i-have-approval {said} is not the budget's ticket, {name}; nothing was sent.")
        return said
    if not sys.stdin.isatty():
        raise UsageError(
            f"there is no terminal to ask on; --yes-i-have-approval {name} says that you have approval. Nothing was sent."
        )
    if click.prompt("To go on, type the ticket's name", default="", show_default=False) != name:
        raise UsageError("that is not the ticket's name; nothing was sent.")
    return name


def _line(name: str, text: str) -> None:
    click.echo(f"  {name:<{_WIDTH}}{text}")


def _named(facts: Mapping[str, Writes], kind: str) -> frozenset[str]:
    """What of somebody of that kind stands in requests: `ffn`."""
    every = {told for writes in facts.values() for told in writes.named.values()}
    return frozenset(name for whole, _, name in (told.partition(".") for told in every) if whole == kind)


def _players(budget: Budget, kind: str, names: frozenset[str]) -> list[str]:
    """`collecting (ffn …02)`: enough to recognise somebody by, and no more."""
    return [f"{visible(role)}{_hinted(player, names)}" for role, player in budget.roles[kind].items()]


def _hinted(player: Any, names: frozenset[str]) -> str:
    if not isinstance(player, Mapping):
        return f" ({_ending(player)})"
    told = [f"{name} {_ending(value)}" for name, value in player.items() if name in names]
    return f" ({', '.join(told)})" if told else ""


def _ending(value: Any) -> str:
    parts = [str(part) for part in value.values()] if isinstance(value, Mapping) else [str(value)]
    text = max(parts, key=lambda part: sum(map(str.isdigit, part)), default="")  # a document's number, not its country
    return f"…{visible(text[-_KEPT:])}" if len(text) > 2 * _KEPT else visible(text)
