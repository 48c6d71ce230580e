"""How a run looks on a terminal and in a log: progress, the matrix, the verdict, and where everything is."""

from shlex import quote
from typing import TextIO

import click

from accredit.evidence.bundle import Evidence
from accredit.model.finding import Outcome
from accredit.model.verdict import Answer, Judgement, Verdict

_COLOURS = {"passed": "green", "failed": "red", "cannot_judge": "yellow", "unknown": "yellow"}
_WIDTH = 78


def exit_code(answer: Answer) -> int:
    """0 passed, 1 failed, 3 unknown."""
    return {Answer.PASSED: 0, Answer.FAILED: 1, Answer.UNKNOWN: 3}[answer]


class ProgressLines:
    """A line for each scenario as it ends; on a terminal one line that is written over, but for what did not pass."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._stream, self._lively = total, stream, stream.isatty()
        self.done = 0

    def show(self, scenario: str, outcome: str, reason: str) -> None:
        self.done += 1
        count = f"[{self.done:>{len(str(self._total))}}/{self._total}]"
        line = f"{count} {click.style(Outcome(outcome).words, fg=_COLOURS.get(outcome))} {scenario}"
        if not self._lively:
            click.echo(line, file=self._stream)
            return
        ends = "\n" if outcome in ("failed", "cannot_judge") or self.done == self._total else ""
        click.echo(f"\r\x1b[K{line[:160]}{ends}", file=self._stream, nl=False)


def show_evidence(made: Evidence) -> None:
    """The matrix, the reconciliation, the verdict, and where the files are."""
    click.echo(f"\n{made.provider.title}, {made.run.header['label']} ({made.run.place}), run {made.run.id}")
    show_matrix(made)
    counts = made.verdict.reconciliation.counts
    click.echo("\nscenarios: " + " = ".join(f"{count} {stage}" for stage, count in counts.items())
               if not made.verdict.reconciliation.differences else f"\nscenarios: {dict(counts)}")  # fmt: skip
    show_verdict(made.verdict)
    click.echo(f"report:  {made.report}")
    if made.bundle:
        click.echo(f"bundle:  {made.bundle}\ncheck:   accredit verify {quote(str(made.bundle))}")
    else:
        click.echo("bundle:  not sealed, since there is no key; `accredit init` makes one, or use --make-key FILE")


def show_matrix(made: Evidence) -> None:
    """Each requirement by chapter, with outcome and, where it did not pass, the reason."""
    for chapter in made.provider.chapter:
        rows = [j for j in made.verdict.judgements if j.requirement.id.startswith(f"{chapter.prefix}-")]
        click.echo(f"\n{chapter.title}")
        for j in rows:
            outcome = _told(j, made.run.environment)
            click.echo(
                f"  {j.requirement.id:<11} {click.style(f'{outcome:<16}', fg=_COLOURS.get(j.outcome.value))} {j.requirement.title[:_WIDTH]}"
            )
            if j.in_scope and j.outcome is not Outcome.PASSED:
                click.echo(f"{'':14}{j.reason}")


def show_verdict(verdict: Verdict) -> None:
    """The answer, and every reason that keeps it from being passed."""
    told = ", ".join(f"{verdict.count(outcome)} {outcome.words}" for outcome in Outcome if verdict.count(outcome))
    click.echo(
        f"verdict: {click.style(verdict.answer.value, fg=_COLOURS[verdict.answer.value], bold=True)} ({told or 'nothing judged'}; {len(verdict.open)} open)"
    )
    for reason in verdict.reasons:
        click.echo(f"  {reason}")


def _told(j: Judgement, environment: str) -> str:
    """What this run says of a requirement; for one that it did not set out to judge, how it is shown instead."""
    if j.in_scope or j.outcome is Outcome.NOT_APPLICABLE:
        return j.outcome.words
    r = j.requirement
    if environment in r.environments:
        return "left out"
    return f"open: {(r.elsewhere or 'not shown' if r.verified == 'driven' else r.verified).replace('_', ' ')}"
