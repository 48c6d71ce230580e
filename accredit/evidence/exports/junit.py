"""A run as JUnit XML, for what shows a build's results. Names are the same in every run: provider, requirement, scenario."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from accredit.model.attached import NOTHING, Attached
from accredit.model.finding import Outcome
from accredit.model.run import Run
from accredit.model.verdict import Answer, Judgement, Verdict

_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.CANNOT_JUDGE: "error",
    Outcome.NOT_TESTED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}
_ANSWERS = {Answer.PASSED: Outcome.PASSED, Answer.FAILED: Outcome.FAILED, Answer.UNKNOWN: Outcome.CANNOT_JUDGE}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a build's results. `group` and `name` tell it from every other, today and tomorrow."""

    group: str
    name: str
    outcome: Outcome
    message: str = ""


def junit(run: Run, verdict: Verdict, attached: Attached = NOTHING) -> Iterator[bytes]:
    """The requirements, the rounds of fuzzing, and the verdict itself: a run that is unknown although all that ran has passed
    must not look green. A failure that is waived is a failure, and says until when."""
    suites = {"requirements": list(requirement_cases(run, verdict, attached)), "fuzzing": list(_rounds(run, verdict)),
              "verdict": [Case(f"{run.provider}.verdict", "the run has passed", _ANSWERS[verdict.answer], "\n".join(verdict.reasons))]}  # fmt: skip
    every = [case for cases in suites.values() for case in cases]
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="accredit"{_counts(every)}>\n'.encode()
    for name, cases in suites.items():
        if cases:
            yield from _suite(f"{run.provider}.{run.environment}.{name}", cases, run)
    yield b"</testsuites>\n"


def requirement_cases(run: Run, verdict: Verdict, attached: Attached = NOTHING) -> Iterator[Case]:
    """One for each requirement and scenario that was set out to show it; of a requirement left open, one that says why. What people
    said of it stands beside what did not pass."""
    for j in verdict.judgements:
        group = f"{run.provider}.{j.requirement.id}"
        if not j.in_scope:
            yield Case(group, "not examined", Outcome.NOT_TESTED, _with(j.reason, attached.told(j)))
            continue
        for finding in j.findings:
            said = attached.told(j) if finding.outcome is Outcome.FAILED else ()
            yield Case(group, finding.scenario, finding.outcome, _with(finding.reason, said))
        for scenario in _silent(run, j):
            yield Case(group, scenario, Outcome.CANNOT_JUDGE, "never reported")


def _with(reason: str, said: Iterable[str]) -> str:
    """`points: expected 120, got 240; failed, waived until 2026-12-01 by Ada, T-1: known`."""
    return "; ".join(filter(None, (reason, *said)))


def _silent(run: Run, j: Judgement) -> list[str]:
    told = {finding.scenario for finding in j.findings}
    return [e.id for e in run.expected if j.requirement.id in e.requirements and e.id not in told]


def _rounds(run: Run, verdict: Verdict) -> Iterator[Case]:
    for j in verdict.fuzz.rounds if verdict.fuzz else ():
        yield Case(f"{run.provider}.fuzzing", j.round.name, j.outcome, j.reason)


def _suite(name: str, cases: list[Case], run: Run) -> Iterator[bytes]:
    at = str(run.header["started_at"]).removesuffix("Z").partition(".")[0]
    yield f"<testsuite name={_quoted(name)}{_counts(cases)} timestamp={_quoted(at)}>\n".encode()
    for case in cases:
        yield f"<testcase classname={_quoted(case.group)} name={_quoted(case.name)}{_inside(case)}\n".encode()
    yield b"</testsuite>\n"


def _inside(case: Case) -> str:
    element = _ELEMENTS.get(case.outcome)
    if element is None:
        return "/>"
    kind = "" if element == "skipped" else f" type={_quoted(case.outcome.value)}"
    message = case.message or case.outcome.words
    # Twice, since Jenkins shows the attribute and GitLab what stands within.
    return f"><{element}{kind} message={_quoted(message)}>{escape(_printable(message))}</{element}></testcase>"


def _counts(cases: Iterable[Case]) -> str:
    told = [_ELEMENTS.get(case.outcome) for case in cases]
    return "".join(
        f' {name}="{count}"'
        for name, count in (("tests", len(told)), ("failures", told.count("failure")), ("errors", told.count("error")),
                            ("skipped", told.count("skipped")))
    )  # fmt: skip


def _quoted(text: str) -> str:
    """An attribute's value; what XML cannot hold is written out: `\\x1b`."""
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
