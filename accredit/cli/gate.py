"""`accredit gate`: yes, no or unknown over everything that a provider asks for, with the reason and the next step of each row."""

from pathlib import Path

import click

from accredit.cli.options import ON, PARTNER_FILE, SUITE, SUMMARY, TRUSTED, TRUSTED_ID, day_of, trusted_key
from accredit.model.errors import UsageError
from accredit.model.gate.decide import decide
from accredit.model.gate.rows import Decision, Missing
from accredit.model.reply import Reply
from accredit.release.table import gate_named, table_of
from accredit.suite.catalogue import Dossier, dossier, provider_names
from accredit.suite.places import reports_folder, suite_root

_COLOURS = {Reply.YES: "green", Reply.NO: "red", Reply.UNKNOWN: "yellow"}
_LONGEST = 300


@click.command()
@click.argument("subject", metavar="PROVIDER.GATE")
@click.argument("bundles", nargs=-1, type=click.Path(path_type=Path), metavar="BUNDLE...")
@TRUSTED
@TRUSTED_ID
@click.option(
    "--statements",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where what was said of releases is kept [default: the folder statements beside accredit.toml].",
)
@ON
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json is for machines.")
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page for the release manager (HTML)."
)
@SUMMARY
@PARTNER_FILE
@SUITE
def command(subject: str, bundles: tuple[Path, ...], key_file: Path | None, key_id: str | None, statements: Path | None, day: str | None,
            form: str, page: Path | None, summary_file: Path | None, partner_file: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Say whether PROVIDER.GATE can be passed: from sealed BUNDLEs, comparison, attestations, waivers and sign-offs.

    Exit 0 yes, 1 no, 3 unknown. What nothing was shown of is unknown, and unknown never becomes yes.
    """
    about, name = _named(suite_root(suite), subject)
    gate = gate_named(about, name)
    table = table_of(about, gate, bundles, trusted_key(key_file, key_id), day_of(day, "--on"), partner_file, statements)
    decision = decide(table)
    from accredit.release.gate_page import gate_html, gate_json, gate_markdown  # templates take a while to load

    if form == "json":
        click.echo(gate_json(about.provider, table, decision), nl=False)
    else:
        _show(f"{gate.title} (on {table.day})", decision, len(table.asked))
    if page:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(gate_html(reports_folder(), about.provider, table, decision))
    if summary_file:
        with summary_file.open("ab") as file:
            file.write(gate_markdown(reports_folder(), about.provider, table, decision))
    raise SystemExit(decision.answer.exit_code)


def _named(root: Path, subject: str) -> tuple[Dossier, str]:
    provider, _, name = subject.partition(".")
    if not name:
        every = [f"{p}.{gate.name}" for p in provider_names(root) for gate in dossier(root, p).gates]
        raise UsageError(f"{subject!r} names no gate; there are {', '.join(every)}.")
    return dossier(root, provider), name


def _show(title: str, decision: Decision, asked: int) -> None:
    """What keeps it from being yes, each with what to do; what is in order is only counted."""
    for row in decision.missing:
        _line(row)
    open_ = [row for row in decision.rows if not row.blocks and row.reply is not Reply.YES]
    if open_:
        click.echo(f"recommended and not shown, which does not count: {', '.join(row.subject for row in open_)}")
    for signature in decision.signatures:
        click.echo(f"signed   by {signature.name} as {signature.role}, {signature.at}")
    counts = ", ".join(f"{len(decision.saying(reply))} {reply.value}" for reply in Reply)
    click.echo(f"{len(decision.rows)} rows, {asked} requirements in question: {counts}")
    click.echo(click.style(f"{decision.answer.value}: {title}", fg=_COLOURS[decision.answer], bold=True))


def _line(row: Missing) -> None:
    word = click.style(f"{row.reply.value:<8}", fg=_COLOURS[row.reply])
    asked = f": {row.question}" if row.question else ""
    reason = row.reason if len(row.reason) <= _LONGEST else f"{row.reason[:_LONGEST]} …"
    click.echo(f"{word} {', '.join(row.subjects)}{asked}\n{'':9}{reason}")
    if row.next:
        click.echo(f"{'':9}next: {row.next}")
