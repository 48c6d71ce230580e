"""Seals a bundle: the signed manifest over its files and, when an authority is named, a time stamp over the signature."""

from collections.abc import Mapping
from pathlib import Path

from accredit.evidence import archive
from accredit.evidence.keys import envelope
from accredit.evidence.manifest import ENVELOPE, MANIFEST, statement
from accredit.evidence.timestamp import STAMP, Authority, stamped
from accredit.model.errors import CannotJudge
from accredit.model.keys import PrivateKey
from accredit.model.run import Run
from accredit.model.verdict import Verdict


def seal(path: Path, files: Mapping[str, archive.Content], run: Run, verdict: Verdict, key: PrivateKey, engine: Mapping[str, str],
         authority: Authority | None = None) -> str:  # fmt: skip
    """Writes the bundle to `path`; why it bears no time stamp though one was asked for, or nothing.

    That one was asked for is signed with the rest, so that nobody can take it away unseen.
    """
    missing = ""
    if authority is not None:
        manifest = statement(files, run, verdict, engine, authority.url)
        signed = envelope(manifest, key)
        try:
            stamp = stamped(signed, authority)
        except CannotJudge as failed:
            missing = str(failed)
        else:
            archive.write(path, {**files, MANIFEST: manifest, ENVELOPE: signed, STAMP: stamp})
            return ""
    manifest = statement(files, run, verdict, engine)
    archive.write(path, {**files, MANIFEST: manifest, ENVELOPE: envelope(manifest, key)})
    return missing
