"""Were the files that people read really made from the records? Makes them again, and compares them byte for byte."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from accredit.evidence import archive, judged_by
from accredit.evidence.attachments import FOLDER as ATTACHMENTS
from accredit.evidence.attachments import attached_in
from accredit.evidence.bundle import Judged, make_files, make_tickets
from accredit.evidence.covered import contract_coverage
from accredit.evidence.engine import differences, engine
from accredit.evidence.intact import Sealed
from accredit.evidence.journal import Exchanges, is_segment
from accredit.evidence.manifest import ENVELOPE, MANIFEST
from accredit.evidence.timestamp import STAMP
from accredit.model.bounded import loads
from accredit.model.keys import key_id
from accredit.model.leaks import SCAN, Sought
from accredit.model.listing import some_of
from accredit.model.run import Run
from accredit.model.verdict import Verdict

_MOST_NAMED = 5
"""Files that one answer names."""


def rendered_again(
    bundle: archive.Bundle, sealed: Sealed, files: Mapping[str, bytes], run: Run, verdict: Verdict, templates: Path
) -> tuple[bool | None, str]:
    """Whether every file is as this accredit makes it, and the reason. None where that cannot be said: it was made by another engine,
    which may make other bytes of the same records.

    Args:
        files: What the run was judged by, as it is in the bundle.
    """
    wrong = _made_otherwise(bundle, files, run, verdict, templates, key_id(sealed.key))
    if not wrong:
        return True, "making every file again from the records gives the same bytes"
    named = some_of(wrong, _MOST_NAMED)
    if apart := differences(sealed.predicate.get("rendered_by"), engine(templates)):
        return (
            None,
            f"this is not the engine that made it ({apart}), so nobody can say why these come out otherwise: {named}",
        )
    return False, f"the same engine makes these otherwise of the records, or not at all: {named}"


def _made_otherwise(
    bundle: archive.Bundle, files: Mapping[str, bytes], run: Run, verdict: Verdict, templates: Path, key: str
) -> list[str]:
    """Names of files that differ, that nothing makes, or that are missing.

    Args:
        key: Id of the key it is signed with; tickets name it.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        said = {name for name in bundle.names if name.startswith(ATTACHMENTS)}
        beside = {*_unpacked(bundle, folder), *files, *said, SCAN, MANIFEST, ENVELOPE, STAMP}
        attached = attached_in(bundle, run.provider, run.environment)
        provider = judged_by.provider_in(files, run)
        coverage = contract_coverage(run, provider, judged_by.contract_in(files, provider, run))
        sought = Sought.from_record(loads(bundle.read(SCAN))) if SCAN in bundle.names else None
        judged = Judged(folder, templates, provider, run, verdict, coverage, Exchanges(folder), True, sought, attached)
        made = {**make_files(judged), **make_tickets(judged, judged_by.correspondence_in(files, run), key)}
        same = {name for name in bundle.names & set(made) if bundle.digest(name) == archive.digest(made[name])}
        return sorted(bundle.names - beside - same | set(made) - same)


def _unpacked(bundle: archive.Bundle, folder: Path) -> Iterator[str]:
    """Writes the journal there; the names of its segments."""
    for name in filter(is_segment, sorted(bundle.names)):
        with (folder / name).open("wb") as file:
            file.writelines(bundle.lines(name))
        yield name
