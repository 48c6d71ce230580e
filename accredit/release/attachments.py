"""What of people's words goes into a run's bundle: all that is kept on its provider and environment, by people we know."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accredit.evidence.archive import Content
from accredit.evidence.attachments import ATTESTATIONS, DOCUMENTS, WAIVERS
from accredit.evidence.journal import read_segments
from accredit.model.errors import UsageError
from accredit.release.voices import DOCUMENTS as KEPT_DOCUMENTS
from accredit.release.voices import kept
from accredit.suite.catalogue import statements_folder
from accredit.suite.people import people


@dataclass(frozen=True, slots=True)
class ToAttach:
    """Files by their name in the bundle, and why others are left out."""

    files: Mapping[str, Content]
    left_out: tuple[str, ...]


def to_attach(run_folder: Path, root: Path, partner_file: Path | None) -> ToAttach:
    """What is attached to the run in a folder.

    Raises:
        UsageError: a document that was attested is not there; an accredit.toml that cannot be used.
    """
    header = next(iter(read_segments(run_folder)[0]), {})
    provider, environment = str(header.get("provider")), str(header.get("environment"))
    folder = statements_folder(partner_file, provider)
    words = kept(folder, people(partner_file, root))
    files: dict[str, Content] = {}
    left_out = list(words.faults)
    for place, voices in ((ATTESTATIONS, words.attestations), (WAIVERS, words.waivers)):
        for voice in voices:
            if voice.said.environment not in ("", environment) or voice.said.provider != provider:
                continue
            if voice.stranger:
                left_out.append(f"{voice.file} is {voice.stranger}")
                continue
            files[place + voice.file] = folder / place.split("/")[1] / voice.file
            if place == ATTESTATIONS:
                files |= {
                    DOCUMENTS + name: _document(folder / KEPT_DOCUMENTS / name, voice.file) for name in voice.subject
                }
    return ToAttach(files, tuple(left_out))


def _document(path: Path, attestation: str) -> Path:
    if not path.is_file():
        raise UsageError(f"{path} is not there, and {attestation} names it; put it back, or attest again.")
    return path
