"""What a run is asked to do, and what it sets out to judge: decided before anything is collected or sent."""

import os
import platform
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from accredit import __version__
from accredit.model.errors import UsageError
from accredit.model.fuzzing import PHASES, PROFILES, SEED, Accepted, Profile, Round
from accredit.model.links import links_of
from accredit.model.partner import PartnerFacts
from accredit.model.requirement import ENVIRONMENTS
from accredit.model.scenario import Scenario, runs_in
from accredit.suite.budgets import Approved, approved_budget
from accredit.suite.catalogue import PARTNER_FILE, Dossier, partner_facts
from accredit.suite.fuzzing.baseline import accepted_findings
from accredit.suite.fuzzing.facts import check_facts
from accredit.suite.gherkin import declared_in, unknown_tags, unusable
from accredit.suite.people import people
from accredit.suite.simulation import must_be_roles
from accredit.wire.clock import RealClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user chose for a run.

    Attributes:
        only: Requirement ids; empty is all of them.
        scenarios: Scenario ids; empty is all of them.
        defects: Simulator defects to switch on.
        features: Whether scenarios are run.
        fuzz: Name of the profile by which the contract is fuzzed; empty when it is not.
        consent: Who at the provider agreed to it, where that is needed.
        seed: Of the cases; the same seed draws the same cases.
        cases: Of each operation in the phase fuzzing, in place of the profile's number.
        rounds: Operations, or rounds such as `requestPoints[coverage]`; empty is all of them.
        flaws: Names of contract defects that the simulator is to have.
        watch: Where to write which scenario had the simulator ask about which defect.
        partner_file: `accredit.toml`, when it is not the one in the working folder.
        output: The folder that run folders are made in.
        budget: The file by which production may be written to; None when only what reads goes there.
        approval: The ticket that the user says allows it: the budget's own.
    """

    environment: str = "simulator"
    only: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    features: bool = True
    fuzz: str = ""
    consent: str = ""
    seed: int = SEED
    cases: int | None = None
    rounds: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    watch: Path | None = None
    partner_file: Path | None = None
    output: Path = Path("evidence")
    budget: Path | None = None
    approval: str = ""


@dataclass(frozen=True)
class Plan:
    """One provider's run, decided."""

    run: str
    dossier: Dossier
    choices: Choices
    facts: PartnerFacts
    expected: tuple[Scenario, ...]
    mask_key: bytes
    rounds: tuple[Round, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    approved: Approved | None = None

    @property
    def begins_with_preflight(self) -> bool:
        """A simulator is there by itself, and what is fuzzed is judged round by round."""
        return self.choices.environment != "simulator" and not self.choices.fuzz

    @property
    def calls_production(self) -> bool:
        """Whether the provider's own production is called, and no rehearsal of it."""
        return self.choices.environment == "production" and not self.facts.production.connect_to

    @property
    def folder(self) -> Path:
        return self.choices.output / f"{self.dossier.name}-{self.choices.environment}-{self.run}"

    def header(
        self, *, base_url: str, clock: str, started_at: str, capabilities: Sequence[str], partner_id: str
    ) -> dict[str, Any]:
        """The first record of the journal: everything needed to judge the run without us."""
        provider, choices = self.dossier.provider, self.choices
        return {
            "kind": "header",
            "format": 1,
            "run": self.run,
            "suite_version": __version__,
            "python": platform.python_version(),
            "provider": provider.name,
            "environment": choices.environment,
            "label": provider.facts_of(choices.environment).label,
            "base_url": base_url,
            "connect_to": self.facts.access(choices.environment).connect_to,
            "clock": clock,
            "started_at": started_at,
            "partner_id": partner_id,
            "capabilities": sorted(capabilities),
            "settings": dict(self.facts.settings),
            "only": list(choices.only),
            "defects": list(choices.defects),
            "flaws": list(choices.flaws),
            "expected": [{"scenario": s.id, "requirements": list(s.requirements)} for s in self.expected],
            "fuzz": self._fuzz(),
            "budget": self.approved.record() if self.approved else None,
            "judged_by": self.dossier.judged_by(),
        }

    @property
    def profile(self) -> Profile:
        """How much is sent. Only for plans with rounds."""
        profile = PROFILES[self.choices.fuzz]
        return profile if self.choices.cases is None else replace(profile, cases=self.choices.cases)

    def _fuzz(self) -> dict[str, Any] | None:
        """What generated cases there were to be: with the contract's digests in `judged_by` enough to draw them again."""
        if not self.choices.fuzz:
            return None
        return {
            "profile": asdict(self.profile),
            "seed": self.choices.seed,
            "engine": engine_versions(),
            "consent": self.choices.consent,
            "rounds": [asdict(round_) for round_ in self.rounds],
            "left": [asdict(left) for left in self.dossier.fuzzing.left],
            "accepted": [asdict(accepted) for accepted in self.accepted],
            "shown_by": {a.operation: [r.name for r in shown_by(self.dossier, a.operation)] for a in self.accepted},
        }


def plan_run(dossier: Dossier, choices: Choices) -> Plan:
    """Decides a run.

    Raises:
        UsageError: an unknown environment, requirement or defect; an `accredit.toml` that cannot be used.
    """
    if choices.environment not in ENVIRONMENTS:
        raise UsageError(f"{choices.environment!r} is no environment; there are {', '.join(ENVIRONMENTS)}.")
    for wanted in choices.only:
        dossier.register[wanted]
    if choices.defects and choices.environment != "simulator":
        raise UsageError(f"defects exist in the simulator only, not in {choices.environment}; leave --defect out.")
    if choices.flaws and choices.environment != "simulator":
        raise UsageError(f"flaws exist in the simulator only, not in {choices.environment}; leave --flaw out.")
    facts = partner_facts(choices.partner_file, dossier.provider)
    people(choices.partner_file, dossier.root)  # a mistake there is told before a run, not when it comes to be sealed
    for environment in ENVIRONMENTS:
        where = f"{choices.partner_file or PARTNER_FILE}, {dossier.name}.{environment}.roles"
        must_be_roles(facts.access(environment).roles, dossier, where)
    declared = declared_in(dossier.features)
    if wrong := [*unusable(declared), *unknown_tags(declared, dossier.register)]:
        raise UsageError("the features cannot be run as they stand:\n  " + "\n  ".join(wrong))
    approved = approved_for(dossier, choices, facts)
    scenarios = [s for d in declared for s in d.scenarios]
    covered = approved.covered if approved else ()
    expected = tuple(
        s for s in scenarios if runs_in(s, choices.environment, dossier.register, covered) and _chosen(s, choices)
    )
    rounds = rounds_of(dossier, choices) if choices.fuzz else ()
    accepted = accepted_findings(choices.partner_file, dossier) if choices.fuzz else ()
    return Plan(
        new_run_id(),
        dossier,
        choices,
        facts,
        expected if choices.features else (),
        secrets.token_bytes(16),
        rounds,
        accepted,
        approved,
    )


def approved_for(dossier: Dossier, choices: Choices, facts: PartnerFacts, *, confirmed: bool = True) -> Approved | None:
    """The budget of a run, found good; None when it has none.

    Args:
        confirmed: Whether the user must have said by which ticket they may.

    Raises:
        UsageError: it is not good, or not for where the run goes, or nobody said that they have approval.
    """
    if choices.budget is None:
        return None
    if choices.environment != "production":
        raise UsageError(f"a budget is for production only, not for {choices.environment}; leave it out.")
    now = clock_of_production(facts).now()
    approved = approved_budget(choices.budget, dossier, choices.partner_file, now)
    if confirmed and choices.approval != (ticket := approved.budget.ticket.name):
        raise UsageError(f"points that are given in production cannot be taken back: say that you have approval by "
                         f"--yes-i-have-approval {ticket}; {choices.approval!r} is not the ticket of {choices.budget}.")  # fmt: skip
    return approved


def clock_of_production(facts: PartnerFacts) -> RealClock:
    """The clock that runs in production go by; in a rehearsal the rehearsal's."""
    access = facts.access("production")
    return RealClock(access.time_scale, access.time_origin)


def rounds_of(dossier: Dossier, choices: Choices) -> tuple[Round, ...]:
    """Every phase of every operation that is fuzzed, in the contract's order.

    Raises:
        UsageError: an unknown profile, operation or round; a place where generated requests may not go.
    """
    profile = PROFILES.get(choices.fuzz)
    if profile is None:
        raise UsageError(f"{choices.fuzz!r} is no profile; there are {', '.join(PROFILES)}.")
    if choices.environment == "production":
        raise UsageError(
            "generated requests never go to production; fuzz the simulator, or certification with the provider's consent."
        )
    if choices.environment != "simulator" and not choices.consent.strip():
        raise UsageError(f"{dossier.provider.title} must have agreed to be fuzzed in {choices.environment}: say who did, and where it is "
                         'written, with --consent "TICKET: name".')  # fmt: skip
    check_facts(dossier)
    every = every_round(dossier)
    known = {name for round_ in every for name in (round_.operation, round_.phase, round_.name)}
    if unknown := [name for name in choices.rounds if name not in known]:
        raise UsageError(
            f"{', '.join(unknown)}: neither operation nor phase nor round; there are {', '.join(r.name for r in every)}."
        )
    chosen = set(choices.rounds)
    return tuple(r for r in every if not chosen or chosen & {r.operation, r.phase, r.name})


def every_round(dossier: Dossier) -> tuple[Round, ...]:
    """Of every operation that is fuzzed, in the contract's order."""
    sources = {link.source for document in dossier.documents.values() for link in links_of(document)}
    return tuple(
        Round(operation.id, phase)
        for operation in dossier.contract.operations
        for phase in PHASES
        if not dossier.fuzzing.why_left(operation.id) and (phase != "stateful" or operation.id in sources)
    )


def shown_by(dossier: Dossier, operation: str) -> tuple[Round, ...]:
    """The rounds that can show a finding of an operation: its own, and those that follow a link to it."""
    links = [link for document in dossier.documents.values() for link in links_of(document)]
    leading = {link.source for link in links if link.target == operation}
    every = every_round(dossier)
    return tuple(r for r in every if r.operation == operation or (r.phase == "stateful" and r.operation in leading))


def new_run_id() -> str:
    """`20261121T041213-a1b2c3`: UTC, and chance enough that two runs of one second differ."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def engine_versions() -> str:
    """`schemathesis 4.32.5, hypothesis 6.170.15`: what draws the cases. Another version may draw others."""
    return ", ".join(f"{name} {version(name)}" for name in ("schemathesis", "hypothesis"))


def unset_variables(plan: Plan) -> tuple[str, ...]:
    """The environment variables that `accredit.toml` names for the partner's secrets, and that hold nothing."""
    named = plan.facts.access(plan.choices.environment).secrets
    wanted = plan.dossier.provider.secrets_for(plan.facts.capabilities)
    return tuple(named[secret] for secret in wanted if secret in named and not os.environ.get(named[secret]))


def secrets_from_environment(plan: Plan, *, all_of_them: bool = True) -> Mapping[str, str]:
    """The partner's secrets for a real endpoint; those that are there, unless it has to be all of them.

    Raises:
        UsageError: one is not named in `accredit.toml`, or its variable is not set.
    """
    provider, where = plan.dossier.provider, plan.choices.environment
    named = plan.facts.access(where).secrets
    unset = unset_variables(plan)
    if unset and all_of_them:
        raise UsageError(f"not set: {', '.join(unset)}. These environment variables must hold what {provider.title} gave for {where}; "
                         "for a rehearsal `accredit simulate` writes them into secrets.env.")  # fmt: skip
    found: dict[str, str] = {}
    for secret in provider.secrets_for(plan.facts.capabilities):
        if secret not in named:
            raise UsageError(f"accredit.toml, [{provider.name}.{where}.secrets]: {secret} is missing; give the name of the environment "
                             "variable that holds it. `accredit init` writes an example.")  # fmt: skip
        if named[secret] not in unset:
            found[secret] = os.environ[named[secret]]
    return found


def _chosen(scenario: Scenario, choices: Choices) -> bool:
    if choices.scenarios and scenario.id not in choices.scenarios:
        return False
    return not choices.only or bool(set(choices.only) & set(scenario.requirements))
