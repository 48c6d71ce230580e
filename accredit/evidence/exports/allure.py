"""A run as Allure 2 results: one for each scenario that was declared and each round of fuzzing, so that Allure's counts are ours."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from accredit.model.finding import Finding, Outcome, worst
from accredit.model.provider import Provider
from accredit.model.rounds import RoundJudgement
from accredit.model.run import Run, Step
from accredit.model.scenario import Scenario
from accredit.model.verdict import Verdict

_STATUSES = {
    "passed": "passed",
    "failed": "failed",
    "cannot_judge": "broken",
    "not_applicable": "skipped",
    "not_tested": "skipped",
    "not_run": "skipped",
}
Result = dict[str, Any]


def allure_results(run: Run, verdict: Verdict, provider: Provider) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of the results folder."""
    steps, findings = _by_scenario(run.steps), _by_scenario(run.findings)
    for scenario in run.expected:
        id_ = scenario.id
        yield _file(run, id_, _scenario(run, provider, scenario, steps.get(id_, ()), findings.get(id_, ())))
    for judgement in verdict.fuzz.rounds if verdict.fuzz else ():
        yield _file(run, judgement.round.name, _round(run, provider, judgement))
    told = {"run": run.id, "provider": provider.title, "environment": run.place, "verdict": verdict.answer.value}
    yield "environment.properties", "".join(f"{name}={_property(value)}\n" for name, value in told.items()).encode()


def _scenario(
    run: Run, provider: Provider, scenario: Scenario, steps: Iterable[Step], findings: Iterable[Finding]
) -> Result:
    feature, _, name = scenario.id.partition(": ")
    ended = run.finished.get(scenario.id)
    outcome = worst([Outcome(ended), *(f.outcome for f in findings)]) if ended else Outcome.CANNOT_JUDGE
    message = "; ".join(dict.fromkeys(f.reason for f in findings if f.reason)) if ended else "it never ended"
    return {
        "name": name,
        "fullName": scenario.id,
        **_status(outcome, message),
        "labels": _labels(provider, feature, scenario.requirements),
        "parameters": [{"name": "environment", "value": run.environment}],
        "steps": [{"name": f"{s.keyword} {s.text}", **_status(s.outcome, s.message), "steps": []} for s in steps],
        **_times(run, scenario.id),
    }


def _round(run: Run, provider: Provider, judgement: RoundJudgement) -> Result:
    round_ = judgement.round
    return {
        "name": round_.name,
        "fullName": f"{run.provider}/fuzzing: {round_.name}",
        **_status(judgement.outcome, judgement.reason),
        "labels": _labels(provider, f"{run.provider}/fuzzing", [round_.operation]),
        "parameters": [{"name": "environment", "value": run.environment}, {"name": "phase", "value": round_.phase}],
        "steps": [],
        **_times(run, ""),
    }


def _file(run: Run, name: str, result: Result) -> tuple[str, bytes]:
    """Its uuid is the same whenever this run is read; its history that of the same name in other runs."""
    id_ = uuid.UUID(_digest(run.id, name), version=4)
    case, history = _digest(run.provider, name), _digest(run.provider, run.environment, name)
    whole = {"uuid": str(id_), "testCaseId": case, "historyId": history, "stage": "finished", **result}
    return f"{id_}-result.json", json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _status(outcome: str, message: str) -> Result:
    return {"status": _STATUSES[outcome], **({"statusDetails": {"message": message}} if message else {})}


def _labels(provider: Provider, feature: str, tags: Iterable[str]) -> list[dict[str, str]]:
    told = [
        ("framework", "accredit"),
        ("epic", provider.title),
        ("feature", feature),
        ("parentSuite", provider.title),
        ("suite", feature),
    ]
    return [{"name": name, "value": value} for name, value in (*told, *(("tag", tag) for tag in tags))]


def _times(run: Run, scenario: str) -> Result:
    """By the run's clock, in milliseconds since 1970. What has no times of its own has the run's beginning."""
    began, ended = run.times.get(scenario, (str(run.header["started_at"]),) * 2)
    start, stop = (round(datetime.fromisoformat(at).timestamp() * 1000) for at in (began, ended or began))
    return {"start": start, "stop": max(start, stop)}


def _by_scenario(told: Iterable[Any]) -> Mapping[str, list[Any]]:
    by: dict[str, list[Any]] = {}
    for one in told:
        by.setdefault(one.scenario, []).append(one)
    return by


def _property(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]
