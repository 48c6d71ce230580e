"""Hears what the provider has sent of its own accord by the end of a round: each delivery is as the contract says."""

from accredit.model.fuzzing import FuzzFacts, FuzzFinding
from accredit.suite.fuzzing.findings import Findings, UnderWay
from accredit.suite.fuzzing.sources import Sources
from accredit.suite.live import Live


def hear(live: Live, facts: FuzzFacts, sources: Sources, findings: Findings, under_way: UnderWay) -> None:
    """Waits as long as the provider may take to call back, and finds whatever came otherwise than promised."""
    round_, within = under_way.round, facts.calls_back_within
    if within and live.plan.dossier.contract[round_.operation].effect == "writes":
        live.clock.wait(float(sources.value(within)))
    unclaimed = live.unclaimed(live.line.scenario)
    under_way.checks["calls_back"] += max(heard(live) - under_way.heard_before, len(unclaimed))
    for delivered in unclaimed:
        kind = delivered.kind.value
        live.line.claim(delivered.exchange)
        message = f"A delivery after generated requests is {kind}; expected one that fits the contract's callback."
        findings.keep(under_way, FuzzFinding(round_.operation, "calls_back", kind, message, round_.phase, "",
                                             (delivered.exchange,)))  # fmt: skip


def heard(live: Live) -> int:
    """How many deliveries of callbacks have come so far."""
    return sum(exercise.calls for exercise in live.line.witness.exercised.callbacks.values())
