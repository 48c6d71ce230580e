"""How a run looks on a terminal and in a log: progress, the matrix, the verdict, and where everything is."""

from collections.abc import Collection, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, TextIO

import click

from accredit.evidence.archive import digest
from accredit.evidence.bundle import Evidence
from accredit.model.curl import curl
from accredit.model.finding import Outcome
from accredit.model.fuzzing.again import again
from accredit.model.leaks import told
from accredit.model.verdict import Judgement, Verdict
from accredit.model.visible import shown, visible
from accredit.suite.shown import differences, results_in

if TYPE_CHECKING:
    from accredit.suite.fuzzing.replay import Replay

_COLOURS = {"passed": "green", "failed": "red", "cannot_judge": "yellow", "unknown": "yellow"}
_WIDTH = 78
_LONG = 300


def exit_code_of(made: Evidence) -> int:
    """The verdict's; 3 in place of 0 when the time stamp that was asked for is not there."""
    return made.verdict.answer.reply.exit_code or (3 if made.unstamped else 0)


def worst(codes: Collection[int]) -> int:
    """Of several runs' exit codes the one that counts: our own fault first, then failed, then unknown."""
    return 4 if 4 in codes else 1 if 1 in codes else max(codes, default=3)


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
    show_scenarios(made)
    show_fuzz(made)
    if made.coverage.items:
        click.echo(f"contract: {made.coverage}")
    show_verdict(made.verdict)
    click.echo(f"leaks:   {told(made.scan)}")
    click.echo(f"report:  {made.report}")
    for ticket in sorted(made.report.parent.glob("ticket.*.md")):
        click.echo(f"ticket:  {ticket}")
    if made.bundle:
        click.echo(f"bundle:  {made.bundle}\nSHA-256: {digest(made.bundle)}")
        click.echo(f"check:   accredit verify {quote(str(made.bundle))}")
        if made.unstamped:
            click.echo(f"{click.style('stamp:   NOT stamped, and sealed without', fg='red', bold=True)}: {made.unstamped}\n"
                       f"         once it answers: accredit report {quote(str(made.report.parent))} --timestamp-url URL")  # fmt: skip
    else:
        click.echo("bundle:  not sealed, since there is no key; `accredit init` makes one, or use --make-key FILE")


def show_scenarios(made: Evidence) -> None:
    """How many there were at each stage; after a preflight that said no, that none began."""
    counts = made.verdict.reconciliation.counts
    if counts.get("not begun") == counts["declared"]:
        click.echo(f"\nscenarios: {counts['declared']} declared, none begun")
    elif made.verdict.reconciliation.differences or "not begun" in counts:
        click.echo(f"\nscenarios: {dict(counts)}")
    else:
        click.echo("\nscenarios: " + " = ".join(f"{count} {stage}" for stage, count in counts.items()))


def show_matrix(made: Evidence) -> None:
    """Each requirement by chapter, with outcome and, where it did not pass, the reason."""
    for chapter, rows in made.verdict.in_chapters(made.provider.chapter):
        click.echo(f"\n{chapter.title}")
        for j in rows:
            outcome = _told(j, made.run.environment)
            click.echo(
                f"  {j.requirement.id:<11} {click.style(f'{outcome:<16}', fg=_COLOURS.get(j.outcome.value))} {j.requirement.title[:_WIDTH]}"
            )
            if j.in_scope and j.outcome is not Outcome.PASSED:
                click.echo(f"{'':14}{shown(j.reason)}")
            for said in made.attached.told(j):
                click.echo(f"{'':14}{shown(said)}")


def show_fuzz(made: Evidence) -> None:
    """Each round with its counts, each finding with how to send it again."""
    fuzz = made.verdict.fuzz
    if fuzz is None:
        return
    told = made.run.header["fuzz"]
    click.echo(
        f"\nFuzzed by the profile {told['profile']['name']}, seed {told['seed']}: sent, accepted, rejected, unreachable"
    )
    for j in fuzz.rounds:
        counts = f"{j.tally.sent:>6}{j.tally.accepted:>6}{j.tally.rejected:>6}{j.tally.unreachable:>6}"
        click.echo(f"  {j.round.name:<34}{counts}  {click.style(j.outcome.words, fg=_COLOURS.get(j.outcome.value))}"
                   + (f": {j.reason}" if j.reason else ""))  # fmt: skip
    for finding in fuzz.open:
        click.echo(f"  {finding.id} {finding.operation}, {finding.check}: {visible(finding.message[:_LONG])}\n"
                   f"             again: {again(made.run.header, finding.id)}")  # fmt: skip
    for finding, entry in fuzz.accepted:
        click.echo(
            f"  {finding.id} {finding.operation}, {finding.check}: accepted until {entry.last_day} by {entry.owner} ({entry.ticket})"
        )


def show_replay(replay: "Replay") -> int:
    """What was sent again and what came back; the exit code: 1 when it is still wrong, 3 when nothing can be said."""
    click.echo(f"{replay.id}, {replay.round.name}")
    for note in replay.notes:
        click.echo(f"note: {note}")
    for exchange in replay.exchanges:
        click.echo(f"\n{visible(curl(exchange))}")
        answer = exchange.response
        click.echo(visible(f"{answer.status} {answer.body}" if answer else exchange.error))
    for failure in replay.failures:
        click.echo(f"\n{click.style('failed', fg='red')}: {failure}")
    for other in replay.others:
        click.echo(f"\n{click.style('not asked for', fg='yellow')}: {other}")
    if replay.trouble:
        click.echo(f"\n{click.style('cannot judge', fg='yellow')}: {replay.trouble}")
        return 3
    if not replay.failures:
        gone = "it is not shown any more" if replay.others or replay.whole else "nothing is wrong with the answer now"
        click.echo(f"\n{click.style('passed', fg='green')}: {gone}")
    return 1 if replay.failures else 0


def show_allure(folder: Path | None, seen: Collection[Path], runs: Sequence[Path]) -> int:
    """In what Allure will show something else than was run; the exit code: 4 when it does.

    Args:
        seen: Results that were there before.
    """
    wrong = differences(results_in(folder) - set(seen), runs) if folder else []
    for line in wrong:
        click.echo(f"{click.style('Allure will not show what was run', fg='red')}: {line}")
    return 4 if wrong else 0


def show_verdict(verdict: Verdict) -> None:
    """The answer, and every reason that keeps it from being passed."""
    told = ", ".join(f"{verdict.count(outcome)} {outcome.words}" for outcome in Outcome if verdict.count(outcome))
    if fuzz := verdict.fuzz:
        rounds = ", ".join(f"{fuzz.count(outcome)} {outcome.words}" for outcome in Outcome if fuzz.count(outcome))
        told = f"{told or 'no requirement judged'}; rounds of fuzzing: {rounds}"
    click.echo(
        f"verdict: {click.style(verdict.answer.value, fg=_COLOURS[verdict.answer.value], bold=True)} ({told or 'nothing judged'}; {len(verdict.open)} open)"
    )
    for reason in verdict.reasons:
        click.echo(f"  {shown(reason)}")


def _told(j: Judgement, environment: str) -> str:
    """What this run says of a requirement; for one that it did not set out to judge, how it is shown instead."""
    if j.in_scope or j.outcome is Outcome.NOT_APPLICABLE:
        return j.outcome.words
    r = j.requirement
    if environment in r.environments:
        return "left out"
    way = r.elsewhere or "not shown" if r.verified == "driven" else r.verified.replace("_", " ")
    return f"open: {'to be ' * (way in ('attested', 'observed'))}{way}"
