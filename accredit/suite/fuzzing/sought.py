"""What an id stands for that is to be sent again: which case of which round, and what it was drawn by that has changed since."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from accredit import __version__
from accredit.evidence.journal import read_run
from accredit.model.errors import AccreditError, UsageError
from accredit.model.fuzzing import PROFILES, CaseRecord, FuzzFinding, Round
from accredit.model.fuzzing.again import is_id
from accredit.model.run import Run
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, engine_versions, plan_run

_DRAWN_FROM = (".yaml", ".yml", ".json", "/fuzzing.toml", "/provider.toml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to send.

    Attributes:
        id: Of the finding or case that was asked for.
        is_drawn: Whether its round draws it by itself, and not for what was answered before.
        changed: What it was drawn by and is not any more, each in words.
        elsewhere: Where it was sent and is not sent now, each in words.
    """

    id: str
    case: str
    round: Round
    choices: Choices
    edits: tuple[str, ...] = ()
    is_drawn: bool = False
    changed: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.elsewhere, *self.changed)

    def asks_for(self, finding: str) -> bool:
        """Whether a finding of its request is what was asked for; of a case, all are."""
        return finding == self.id or not self.id.startswith("F-")


def sought(dossier: Dossier, choices: Choices, id_: str, folder: Path | None) -> Wanted:
    """What a finding's or a case's id stands for.

    Args:
        folder: Of the run that has it; None for the newest in the output folder, or a case of `choices`' own seed.

    Raises:
        UsageError: no run and no seed at hand gives that case.
    """
    if not is_id(id_):
        raise UsageError(
            f"{id_!r} is no id: a finding's is as F-1a2b3c4d, a case's as 1a2b3c4d5e6f; the report and fuzz-cases.csv show them."
        )
    for path in [folder] if folder else _newest(choices.output, dossier.name, choices.environment):
        try:
            run = read_run(path)
        except AccreditError:
            continue
        if run.header.get("fuzz") and (found := _found(run, id_)):
            return _as_in(run, dossier, choices, found)
    if not id_.startswith("F-") and folder is None:
        for round_ in plan_run(dossier, choices).rounds:
            if round_.phase != "stateful" and _draws(dossier, choices, round_, id_):
                return Wanted(id_, id_, round_, choices, is_drawn=True)
    where = folder or choices.output
    raise UsageError(f"{id_}: no run of {dossier.name} in {where} has it, and the seed {choices.seed} does not draw it; name the folder of "
                     "the run that found it with --run.")  # fmt: skip


def _found(run: Run, id_: str) -> FuzzFinding | CaseRecord | None:
    return next((f for f in run.fuzzed.findings if f.id == id_), None) or next(
        (case for case in run.fuzzed.cases if case.id == id_), None
    )


def _as_in(run: Run, dossier: Dossier, choices: Choices, found: FuzzFinding | CaseRecord) -> Wanted:
    told = run.header["fuzz"]
    choices = replace(choices, seed=told["seed"], fuzz=told["profile"]["name"], cases=told["profile"]["cases"])
    case, edits = (found.case, found.edits) if isinstance(found, FuzzFinding) else (found.id, ())
    of_its_own = [c for c in run.fuzzed.cases if c.id == case and c.phase != "stateful" and c.index >= 0]
    return Wanted(found.id, case, found.round, choices, edits, bool(of_its_own), tuple(_changed(run, dossier, choices)),
                  tuple(_elsewhere(run, choices)))  # fmt: skip


def _changed(run: Run, dossier: Dossier, choices: Choices) -> Iterator[str]:
    """What a run's cases were drawn by and would not be any more, each in words."""
    then, now = run.header["judged_by"], dossier.judged_by()
    below = f"contracts/{dossier.name}/"
    for name in sorted(name for name in {*then, *now} if name.startswith(below) and name.endswith(_DRAWN_FROM)):
        if then.get(name) != now.get(name):
            yield f"{name} has changed since"
    plan = plan_run(dossier, choices)
    if run.header["settings"] != json.loads(json.dumps(dict(plan.facts.settings), default=str)):
        yield "the settings in accredit.toml have changed since"
    told = run.header["fuzz"]["profile"]
    profile = replace(PROFILES[told["name"]], cases=told["cases"])
    if any(told.get(name) != value for name, value in asdict(profile).items()):
        yield f"the profile {profile.name} has changed since"
    by = f"accredit {run.header['suite_version']}, {run.header['fuzz']['engine']}"
    if by != (present := f"accredit {__version__}, {engine_versions()}"):
        yield f"drawn by {by} then, by {present} now"


def _elsewhere(run: Run, choices: Choices) -> Iterator[str]:
    """Where it was sent and is not sent now, in words."""
    if (was := run.header["environment"]) != choices.environment:
        yield f"it was sent to {was} then, to {choices.environment} now"
    for option, given in (("defect", choices.defects), ("flaw", choices.flaws)):
        if sorted(run.header.get(f"{option}s", ())) != sorted(given):
            yield f"the simulator was made wrong then ({', '.join(run.header[f'{option}s']) or 'not at all'}), now: {', '.join(given) or 'not at all'}"


def _newest(output: Path, provider: str, environment: str) -> list[Path]:
    return sorted(output.glob(f"{provider}-{environment}-*"), reverse=True)


def _draws(dossier: Dossier, choices: Choices, round_: Round, id_: str) -> bool:
    plan = plan_run(dossier, choices)
    live = Live(plan)
    try:
        campaign = Campaign(live, plan.profile, choices.seed)
        return any(drawn.id == id_ for drawn in campaign.cases(round_))
    finally:
        live.close()
        live.journal.path.unlink()
        live.plan.folder.rmdir()
