"""Bundles that are sealed as they should be, and yet say something else: a run's records changed, chained and signed anew."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import rfc8785

from accredit.evidence import archive
from accredit.evidence.bundle import make_evidence
from accredit.evidence.journal import MAIN, read_segments
from accredit.evidence.keys import envelope, load_private
from accredit.evidence.manifest import ENVELOPE, MANIFEST
from accredit.model.chain import START, write_line
from accredit.model.leaks import Hidden
from accredit.suite.places import reports_folder

Records = list[dict[str, Any]]


def resealed(
    folder: Path,
    suite: Path,
    key: Path,
    target: Path,
    change: Callable[[Records], None],
    rewrite: Callable[[Path], None] | None = None,
    hidden: Hidden | None = None,
    attachments: Mapping[str, archive.Content] | None = None,
) -> Path:
    """The bundle of a run whose records were changed, sealed with `key`.

    Args:
        folder: The run's, with one journal segment.
        target: An empty folder to work in.
        rewrite: Changes the suite it was judged by, a copy.
        hidden: What is looked for before it is sealed.
        attachments: What people said, by name in the bundle.
    """
    root = Path(shutil.copytree(suite, target / "suite", ignore=shutil.ignore_patterns("__pycache__")))
    if rewrite:
        rewrite(root)
    [segment] = read_segments(folder)
    records: Records = [dict(record) for record in segment]
    records[0]["judged_by"] = {
        name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in records[0]["judged_by"]
    }
    change(records)
    again = target / "evidence" / folder.name
    again.mkdir(parents=True)
    chain, lines = START, []
    for record in records:
        chain, line = write_line(chain, record)
        lines.append(line)
    (again / MAIN).write_bytes(b"".join(lines))
    signed_with = load_private(key)
    bundle = make_evidence(again, root, reports_folder(), signed_with, hidden=hidden, attachments=attachments).bundle
    assert bundle is not None
    return bundle


def claiming(bundle: Path, key: Path, target: Path, **claims: object) -> Path:
    """A copy of a bundle whose manifest claims something else, signed with the right key."""
    with zipfile.ZipFile(bundle) as zipped:
        files: dict[str, archive.Content] = {name: zipped.read(name) for name in zipped.namelist()}
    told = json.loads(files[MANIFEST])
    told["predicate"].update(claims)
    manifest = rfc8785.dumps(told)
    archive.write(target, {**files, MANIFEST: manifest, ENVELOPE: envelope(manifest, load_private(key))})
    return target
