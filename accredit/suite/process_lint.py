"""Checks that a provider's process.toml hangs together, and with register, purposes, settings and contract. Each complaint says what to do."""

from collections.abc import Iterator

from accredit.model.probe import Finality, Probe
from accredit.model.process import NOWHERE, Process, Transition, entered
from accredit.suite.catalogue import Dossier

_READS = ("reads", "token")


def process_complaints(dossier: Dossier) -> Iterator[str]:
    """Everything that is wrong with it; nothing where there is none."""
    process = dossier.process
    if process is None:
        return
    where = f"contracts/{dossier.name}/process.toml"
    for complaint in (
        *_graph(dossier, process),
        *_exhibits(dossier, process),
        *_settings(dossier, process),
        *_watch(dossier, process),
    ):
        yield f"{where}: {complaint}"


def _graph(dossier: Dossier, process: Process) -> Iterator[str]:
    defaults = {name: setting.value for name, setting in dossier.provider.settings.items()}
    ways = [(t.leaves, entered(t, defaults)) for t in process.transition]
    for t, (leaves, enters) in zip(process.transition, ways, strict=True):
        for state in {leaves, enters} - set(process.states) - {NOWHERE}:
            yield f"{_named(t)}: {state!r} is no state; there are {', '.join(process.states)}"
        if not enters:
            yield f"{_named(t)}: it leads nowhere; name the state, or the setting that does, in enters or enters_setting"
    for way in {way for way in ways if ways.count(way) > 1}:
        yield f"{' → '.join(way)} is told twice; keep one"
    reached, before = {NOWHERE}, set[str]()
    while reached != before:
        before, reached = reached, reached | {enters for leaves, enters in ways if leaves in reached}
    for state in process.states:
        if state not in reached:
            yield f"{state}: no way leads there from the beginning; add the transition, or remove the state"
    prefixes = {chapter.prefix for chapter in dossier.provider.chapter}
    for name, told in process.states.items():
        for chapter in set(told.chapters) - prefixes:
            yield f"{name}: {chapter!r} is no chapter of the register"


def _exhibits(dossier: Dossier, process: Process) -> Iterator[str]:
    purposes = {purpose.name for purpose in dossier.correspondence.purposes}
    for t in process.transition:
        if not t.evidence:
            yield f"{_named(t)}: nothing shows it; name its evidence"
        if t.mover == "provider" and all(e.requirement or e.purpose for e in t.evidence):
            yield f"{_named(t)}: what the provider decides takes a document of the provider's; name it"
        for exhibit in t.evidence:
            if exhibit.requirement and exhibit.requirement not in dossier.register:
                yield f"{_named(t)}: {exhibit.requirement} is no requirement of the register"
            if exhibit.purpose and exhibit.purpose not in purposes:
                yield f"{_named(t)}: {exhibit.purpose!r} is no purpose of purposes.toml"
        if t.provenance == "inferred" and not t.why:
            yield f"{_named(t)}: is inferred, without a reason; say why"


def _settings(dossier: Dossier, process: Process) -> Iterator[str]:
    named = [t.enters_setting for t in process.transition]
    if (calendar := process.calendar) is not None:
        named += [
            calendar.counts_first_day,
            calendar.business_days,
            calendar.timezone,
            calendar.countries,
            *calendar.blackouts,
        ]
        if not 1 <= calendar.weekday <= 7:
            yield f"weekday is {calendar.weekday}; Monday is 1, Sunday 7"
        if calendar.monitored_days < 1:
            yield f"monitored_days is {calendar.monitored_days}; there is at least one"
    if process.watch is not None:
        named += [
            *process.watch.thresholds.named.values(),
            process.watch.finality.shares if process.watch.finality else "",
        ]
    for name in sorted({name for name in named if name} - set(dossier.provider.settings)):
        yield f"{name!r} is no setting of provider.toml"


def _watch(dossier: Dossier, process: Process) -> Iterator[str]:
    if process.watch is None:
        return
    for probe in process.watch.probe:
        yield from (f"probe {probe.name!r}: {wrong}" for wrong in _probe(dossier, probe))
    finality, told = process.watch.finality, process.watch.thresholds.named
    if finality is not None and (missing := {"finality", "chance", "followed", "missing"} - set(told)):
        yield f"[watch.thresholds]: name the settings for {', '.join(sorted(missing))}; final statuses are held against them"
    if finality is not None and not _is_followed(process.watch.probe, finality):
        yield f'finality: no probe with each = true asks that operation by {finality.asked} = "{{each}}"; nothing would ever be followed'


def _probe(dossier: Dossier, probe: Probe) -> Iterator[str]:
    known = {operation.id: operation for operation in dossier.contract.operations}
    if probe.operation not in known:
        yield f"{probe.operation} is no operation of the contract"
    elif known[probe.operation].effect not in _READS:
        yield f"{probe.operation} does not only read; a watch changes nothing"
    for capability in set(probe.needs) - set(dossier.provider.capabilities):
        yield f"{capability!r} is no capability of the provider"


def _is_followed(probes: tuple[Probe, ...], finality: Finality) -> bool:
    return any(
        probe.each and probe.operation == finality.operation and probe.query.get(finality.asked) == "{each}"
        for probe in probes
    )


def _named(t: Transition) -> str:
    return f"{t.leaves or 'the beginning'} → {t.enters or t.enters_setting}"
