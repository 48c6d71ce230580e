"""`accredit lint`: checks that features, steps and registers agree; or a bundle against a provider's rulebook."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from accredit.cli.options import ON, PARTNER_FILE, SUITE, TRUSTED, TRUSTED_ID, day_of, trusted_key
from accredit.evidence.judged_by import differing
from accredit.model.errors import UsageError
from accredit.model.gate.facts import gate_complaints
from accredit.model.keys import PublicKey
from accredit.model.parity.facts import faults_of
from accredit.model.reply import Reply, worst
from accredit.release.compared import comparers
from accredit.release.rulebook import (
    held_against,
    rulebook_in,
    rulebook_path,
    unknown_sentences,
)
from accredit.release.shown import shown_by
from accredit.release.table import approved_by
from accredit.suite.catalogue import Dossier, dossier, provider_names
from accredit.suite.lint import complaints
from accredit.suite.people import people
from accredit.suite.places import reports_folder, suite_root
from accredit.suite.process_lint import process_complaints
from accredit.suite.ticket_lint import ticket_complaints

_COLOURS = {Reply.YES: "green", Reply.NO: "red", Reply.UNKNOWN: "yellow"}


@click.command()
@click.argument("subjects", nargs=-1, metavar="[PROVIDER]... | BUNDLE")
@click.option("--for", "purpose", metavar="PROVIDER.PURPOSE", help="Hold BUNDLE against this rulebook.")
@TRUSTED
@TRUSTED_ID
@click.option(
    "--rulebook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Go by this rulebook, not by the one in BUNDLE.",
)
@ON
@click.option(
    "--statements",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="What was said of the release, as `accredit compare` keeps it: the folder statements beside accredit.toml.",
)
@PARTNER_FILE
@SUITE
def command(subjects: tuple[str, ...], purpose: str | None, key_file: Path | None, key_id: str | None, rulebook: Path | None,
            day: str | None, statements: Path | None, partner_file: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Check each PROVIDER's features, steps, register, tickets and rulebooks (all, when none is named); or hold a sealed BUNDLE
    against what a provider asks of evidence: `accredit lint BUNDLE --for latam_pass.approval`.

    Exit 0 when they agree or every rule holds, 1 when not, 3 when a rule's answer is unknown.
    """
    root = suite_root(suite)
    if purpose is not None:
        trusted = trusted_key(key_file, key_id)
        raise SystemExit(
            _lint_bundle(subjects, purpose, trusted, rulebook, day_of(day, "--on"), root, statements, partner_file)
        )
    if bundles := [s for s in subjects if s.endswith(".zip")]:
        raise UsageError(f"{bundles[0]} is a bundle: say what for, --for {' or '.join(_purposes(root))}.")
    if key_file or key_id or rulebook or day or statements:
        raise UsageError("--key, --rulebook, --statements and --on are for a bundle; name it, and what for with --for.")
    found = 0
    for name in subjects or provider_names(root):
        for complaint in _complaints(dossier(root, name)):
            click.echo(complaint)
            found += 1
    click.echo(f"{found} complaints" if found else "features, steps and registers agree")
    raise SystemExit(1 if found else 0)


def _complaints(about: Dossier) -> Iterator[str]:
    yield from complaints(about)
    yield from ticket_complaints(about, reports_folder())
    if about.parity is not None:
        where = f"contracts/{about.name}/parity.toml"
        yield from (f"{where}: {fault}" for fault in faults_of(about.parity, about.contract))
    yield from process_complaints(about)
    for purpose in about.correspondence.purposes:
        path = about.root / (where := rulebook_path(about.name, purpose.name))
        if not path.is_file():
            yield f"{where}: does not exist, yet purposes.toml has {purpose.name}; write what a bundle must show"
        else:
            yield from unknown_sentences(path.read_text(encoding="utf-8"), where)
    books = {path.stem: path for path in about.folder.glob("rulebooks/*.feature")}
    budgeted = [name for name, facts in about.writes.items() if not facts.never]
    for gate in about.gates:
        where = f"contracts/{about.name}/gates.toml, [{gate.name}]"
        yield from (
            f"{where}: {told}" for told in gate_complaints(gate, about.provider, about.register, books, budgeted)
        )


def _lint_bundle(
    subjects: tuple[str, ...],
    wanted: str,
    trusted: PublicKey | str | None,
    own: Path | None,
    day: date,
    root: Path,
    statements: Path | None,
    partner_file: Path | None,
) -> int:
    """Prints each sentence that does not hold, and what was got; returns the exit code."""
    provider, _, purpose = wanted.partition(".")
    if len(subjects) != 1 or not purpose:
        raise UsageError(f"one bundle and one purpose, as: accredit lint BUNDLE --for {_purposes(root)[0]}.")
    verification, shown = shown_by(Path(subjects[0]), trusted, day, statements)
    if shown is None:
        for check in verification.checks:
            _show(check.reply, f"the bundle is {check.question}", check.reason)
        click.echo("answer: no")
        return 1
    if statements:
        approved = approved_by(dossier(root, provider), purpose, Path(subjects[0]), day, partner_file, statements)
        shown = replace(shown, approved=approved, comparers=comparers(people(partner_file, root), trusted))
    where = str(own) if own else rulebook_path(provider, purpose)
    carried = rulebook_in(shown, provider, purpose) if own is None else own.read_text(encoding="utf-8")
    held = held_against(shown, carried, where)
    for one in held:
        _show(one.ruling.reply, one.sentence.text, one.ruling.got)
    about = dossier(root, provider)
    other = differing(shown.run.header["judged_by"], about.judged_by())
    # A bundle brings no laxer rules of its own.
    if own is None and shown.files.get(where) != _bytes(root / where):
        other = sorted((*other, where))
    if other:
        _show(
            Reply.UNKNOWN,
            "the bundle is held by the same files as this accredit carries",
            f"others: {', '.join(other)}",
        )
    replies = [one.ruling.reply for one in held] + [Reply.UNKNOWN] * bool(other)
    counts = ", ".join(f"{sum(one.ruling.reply is reply for one in held)} {reply.value}" for reply in Reply)
    answer = worst(replies)
    click.echo(f"{where}, on {day}: {len(held)} rules, {counts}\nanswer: {answer.value}")
    return answer.exit_code


def _show(reply: Reply, sentence: str, got: str) -> None:
    """A sentence that holds has nothing to tell."""
    if reply is not Reply.YES:
        click.echo(f"{click.style(f'{reply.value:<8}', fg=_COLOURS[reply])} {sentence}\n{'':9}got: {got}")


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _purposes(root: Path) -> list[str]:
    return [
        f"{name}.{p.name}" for name in provider_names(root) for p in dossier(root, name).correspondence.purposes
    ] or ["PROVIDER.PURPOSE"]
