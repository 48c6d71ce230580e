"""Seals a run, with the private key that was named, that accredit.toml names, or that was made on request."""

from collections.abc import Mapping
from pathlib import Path

import click

from accredit.cli.showing import exit_code_of, show_evidence
from accredit.evidence.archive import Content
from accredit.evidence.bundle import make_evidence
from accredit.evidence.keys import load_private, make_key
from accredit.evidence.leaks import Leaked
from accredit.evidence.timestamp import Authority
from accredit.model.errors import UsageError
from accredit.model.keys import PrivateKey
from accredit.model.leaks import Hidden
from accredit.release.attachments import to_attach
from accredit.suite.catalogue import signing_key
from accredit.suite.places import reports_folder


def authority_at(url: str | None) -> Authority | None:
    """Whom to ask for time stamps; nobody unless the user names one."""
    if url is None:
        return None
    if not url.startswith(("http://", "https://")):
        raise UsageError(
            f"--timestamp-url: {url!r} is no address; it begins with https:// or http://, since a stamp proves itself."
        )
    from accredit.wire.timestamps import ask  # only who asks for a stamp waits for a client

    return Authority(url, ask)


def sealing_key(given: Path | None, new: Path | None, partner_file: Path | None) -> PrivateKey | None:
    """The key; None when there is none, and nothing is sealed."""
    if new is not None:
        if not new.is_file():
            make_key(new)
            click.echo(f"A signing key was made: {new}. Keep it; {new.with_suffix('.pub')} is for the reviewer.")
        return load_private(new)
    path = given or signing_key(partner_file)
    return load_private(path) if path else None


def sealed(folder: Path, root: Path, key: PrivateKey | None, authority: Authority | None, hidden: Hidden,
           partner_file: Path | None = None) -> int:  # fmt: skip
    """Makes the evidence of a run and shows it; the exit code. A leak keeps this run from being sealed, and no other."""
    try:
        made = make_evidence(
            folder, root, reports_folder(), key, authority, hidden, attachments(folder, root, partner_file)
        )
    except Leaked as leaked:
        click.echo(f"accredit: {folder.name}: {leaked}", err=True)
        return leaked.exit_code
    show_evidence(made)
    return exit_code_of(made)


def attachments(folder: Path, root: Path, partner_file: Path | None) -> Mapping[str, Content]:
    """What people said of a run's requirements; tells what is left out, and why."""
    found = to_attach(folder, root, partner_file)
    for line in found.left_out:
        click.echo(f"not attached: {line}", err=True)
    return found.files


def own_key(given: Path | None, partner_file: Path | None) -> PrivateKey:
    """A person's key: the one named, else the one that accredit.toml names.

    Raises:
        UsageError: there is neither.
    """
    if (path := given or signing_key(partner_file)) is None:
        raise UsageError("there is no key to sign with; name yours with --key. `accredit init` makes one.")
    return load_private(path)
