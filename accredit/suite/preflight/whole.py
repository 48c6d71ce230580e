"""The whole preflight of one run, in its order; and that of a run which is nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from accredit.evidence.records import leave_scan
from accredit.model.errors import UsageError
from accredit.model.preflight import Check
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from accredit.suite.places import reports_folder
from accredit.suite.plan import Choices, plan_run
from accredit.suite.preflight import entry, lookups, network, ours
from accredit.suite.preflight.asking import LEAST_BYTES, Asking, machine_time
from accredit.wire.hidden import Search


def preflight(live: Live, *, budget: Path | None = None, now: Callable[[], datetime] = machine_time,
              least_bytes: int = LEAST_BYTES) -> tuple[Check, ...]:  # fmt: skip
    """Asks everything there is to ask, and journals each answer. Afterwards the run stands as if nobody had asked: no token is kept.

    Args:
        budget: A budget's file to look at, where the run has none. Nothing leaves when it does not hold, or its switch was thrown.
    """
    asking = Asking(live, now, least_bytes, budget)
    # Under a budget its switch stops everything, reads included: nothing leaves before it was looked for.
    first = ("budget",) if budget or live.plan.approved else ()
    if first:
        asking.ask("budget", ours.budget)
    asking.ask("credentials", network.credentials)
    asking.ask("dns", network.names, after=first)
    asking.ask("tls", network.line, after=(*first, "dns"))
    asking.ask("edge", entry.edge, after=(*first, "credentials", "tls"))
    asking.ask("token", entry.token, after=(*first, "edge"))
    asking.ask("accepted", lookups.accepted, after=(*first, "token"))
    asking.ask("identity", entry.identity, after=(*first, "token"))
    asking.ask("clock", entry.clock, after=first)
    asking.ask("contract", ours.contract)
    for kind in lookups.kinds(asking):
        asking.ask("data", partial(lookups.data, kind=kind), after=(*first, "token"), about=kind)
    asking.ask("callbacks", ours.callbacks, after=first)
    if not first:
        asking.ask("budget", ours.budget)
    asking.ask("disk", ours.disk)
    live.api.tokens.forget()
    return tuple(asking.checks)


def preflight_alone(
    dossier: Dossier, choices: Choices, *, least_bytes: int = LEAST_BYTES
) -> tuple[Path | None, tuple[Check, ...]]:
    """A preflight without a run after it: the folder that holds its records, and the answers.

    Where nothing can be written, its records last no longer than it does, and there is no folder.

    Raises:
        UsageError: an unknown environment, or an `accredit.toml` that cannot be used.
    """
    if choices.budget and choices.environment != "production":
        raise UsageError(f"a budget is for production only, not for {choices.environment}; leave it out.")
    budget, choices = choices.budget, replace(choices, features=False, budget=None)
    if choices.environment == "simulator":
        plan_run(dossier, choices)
        return None, ()
    if ours.room(choices.output, 0).is_yes:
        return _alone(dossier, choices, budget, least_bytes)
    with TemporaryDirectory() as elsewhere:
        _, checks = _alone(dossier, replace(choices, output=Path(elsewhere)), budget, least_bytes)
    return None, tuple(ours.room(choices.output, least_bytes) if check.name == "disk" else check for check in checks)


def _alone(dossier: Dossier, choices: Choices, budget: Path | None, least_bytes: int) -> tuple[Path, tuple[Check, ...]]:
    plan = plan_run(dossier, choices)
    live = Live(plan, asks_first=True)
    try:
        live.begin()
        checks = preflight(live, budget=budget, least_bytes=least_bytes)
        live.end()
    except BaseException:
        live.close()
        raise
    if leaks := leave_scan(
        plan.folder, dossier.root, reports_folder(), Search([live.values], dossier.provider.masking)
    ):
        raise UsageError(f"a secret or personal value was written to {plan.folder}: {leaks[0]}")
    return plan.folder, checks
