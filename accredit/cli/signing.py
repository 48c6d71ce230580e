"""The private key that a command seals with: the one named, the one accredit.toml names, or one made on request."""

from pathlib import Path

import click

from accredit.evidence.keys import load_private, make_key
from accredit.evidence.timestamp import Authority
from accredit.model.errors import UsageError
from accredit.model.keys import PrivateKey
from accredit.suite.catalogue import signing_key


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
