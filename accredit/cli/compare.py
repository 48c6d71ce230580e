"""`accredit compare`: holds a production bundle against the one of certification."""

from pathlib import Path

import click

from accredit.cli.options import ON, OUTPUT, PARTNER_FILE, TRUSTED, TRUSTED_ID, day_of, trusted_key
from accredit.evidence.keys import load_private
from accredit.evidence.statements import keep
from accredit.model import keys
from accredit.model.parity.comparison import Answer
from accredit.release.pair import pair_of
from accredit.release.parity import Parity, compare_pair, declared_by, sealed_record
from accredit.release.parity_page import parity_html, parity_markdown
from accredit.suite.catalogue import signing_key, statements_folder
from accredit.suite.places import reports_folder

_COLOURS = {Answer.SAME: "green", Answer.DIFFERENT: "red", Answer.UNKNOWN: "yellow"}
_SAYS = {
    Answer.SAME: "same: production did what the first run did",
    Answer.DIFFERENT: "different: production did not do what the first run did, or not as it was declared",
    Answer.UNKNOWN: "unknown: it cannot be said whether production did what the first run did",
}
_MOST_SHOWN = 40


@click.command()
@click.argument("first", metavar="CERT", type=click.Path(path_type=Path))
@click.argument("second", metavar="PROD", type=click.Path(path_type=Path))
@TRUSTED
@TRUSTED_ID
@click.option(
    "--sign-with",
    "private",
    type=click.Path(path_type=Path),
    help="Sign the record with this private key [default: the one accredit.toml names].",
)
@ON
@PARTNER_FILE
@OUTPUT
def command(first: Path, second: Path, key_file: Path | None, key_id: str | None, private: Path | None, day: str | None,
            partner_file: Path | None, output: Path) -> None:  # fmt: skip
    """Compare production with certification, technically and commercially: the bundle CERT, then the bundle PROD.

    Both are verified first. What differs and nobody declared is a finding. Writes a page side by side and a text for the ticket,
    and keeps a signed record of the result beside accredit.toml.

    Exit 0 when they are the same, 1 when not or a bundle is refused, 3 when it cannot be said.
    """
    pair = pair_of(first, second, trusted_key(key_file, key_id))
    parity = compare_pair(pair, declared_by(partner_file, pair.provider.name), day_of(day, "--on"))
    page = parity_html(reports_folder(), parity)
    _written(output / f"{parity.name}.html", page)
    _written(output / f"{parity.name}.md", parity_markdown(reports_folder(), parity))
    _show(parity, output)
    path = private or signing_key(partner_file)
    if path is None:
        click.echo("record:  not signed; name a key with --sign-with, or in accredit.toml")
    else:
        key = load_private(path)
        kept = keep(statements_folder(partner_file, pair.provider.name), "parity", parity.name, sealed_record(parity, page, key))  # fmt: skip
        click.echo(f"record:  {kept}\nsigned:  with key {keys.key_id(key.public_key())}")
    raise SystemExit(parity.answer.reply.exit_code)


def _show(parity: Parity, output: Path) -> None:
    comparison = parity.comparison
    if parity.pair.draft:
        click.echo(click.style(parity.pair.draft, fg="yellow"))
    if not parity.pair.first.is_authentic or not parity.pair.second.is_authentic:
        click.echo("whose signatures these are was not asked; say with --key")
    for finding in parity.findings[:_MOST_SHOWN]:
        told = finding.first
        places = ", ".join(
            f"exchange {d.first or '-'} and {d.second or '-'}" for d in finding.differences[:3] if d.first or d.second
        )
        more = f" and {len(finding.differences) - 3} more" if len(finding.differences) > 3 else ""
        click.echo(f"\n{click.style(finding.id, fg='red', bold=True)} {finding.kind.field}: {finding.kind.says}\n"
                   f"  {' '.join(filter(None, (told.operation, told.place)))}\n  expected: {told.wanted}\n  got:      {told.got}")  # fmt: skip
        click.echo(f"  {told.scenario}{f' ({places}{more})' if places else ''}")
    if len(parity.findings) > _MOST_SHOWN:
        click.echo(f"\nand {len(parity.findings) - _MOST_SHOWN} findings more; the page has them all")
    for reason in parity.reasons[len(parity.findings) :]:
        click.echo(reason)
    left = {n.why for n in comparison.not_compared}
    for why in sorted(left):
        count = sum(n.why == why for n in comparison.not_compared)
        click.echo(f"not compared: {count} scenario{'s' * (count != 1)}: {why}")
    excused = sum(count for _, count in parity.sifted.excused)
    click.echo(f"{len(comparison.compared)} scenarios and {comparison.exchanges_compared} exchanges compared; {len(parity.findings)} findings, "
               f"{excused} differences declared")  # fmt: skip
    if not comparison.writes_compared:
        click.echo("no write was compared: nothing here shows how production credits points")
    click.echo(click.style(_SAYS[parity.answer], fg=_COLOURS[parity.answer], bold=True))
    click.echo(f"page:    {output / parity.name}.html\nticket:  {output / parity.name}.md")


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
