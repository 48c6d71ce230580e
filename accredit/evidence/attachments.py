"""What people said and showed, as a bundle carries it: signed statements, and the documents that they name."""

from collections.abc import Iterator, Mapping

from accredit.evidence.archive import Bundle
from accredit.evidence.statements import MOST_BYTES, statement_in
from accredit.evidence.voices import S, voice
from accredit.model.attached import Attached
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.statement import Attestation, Kind, Waiver
from accredit.model.voice import Voice

FOLDER = "attachments/"
ATTESTATIONS, WAIVERS, DOCUMENTS = (f"{FOLDER}{name}/" for name in ("attestations", "waivers", "documents"))


def attached_in(bundle: Bundle, provider: str, environment: str) -> Attached:
    """What a bundle carries, once every statement is signed, of this run, and shows its documents.

    Raises:
        BundleRefused: one is not; or there is a file that none of them names.
    """
    names = sorted(name for name in bundle.names if name.startswith(FOLDER))
    found = attached_from({n: bundle.read(n, MOST_BYTES) for n in names if not n.startswith(DOCUMENTS)}, provider, environment)  # fmt: skip
    shown = {n.removeprefix(DOCUMENTS): bundle.digest(n) for n in names if n.startswith(DOCUMENTS)}
    wanted = {name: digest for a in found.attestations for name, digest in a.subject.items()}
    for name in sorted(wanted.keys() | shown.keys()):
        if name not in wanted:
            raise BundleRefused(f"{DOCUMENTS}{name} is named by no attestation; it does not belong there.")
        if shown.get(name) != wanted[name]:
            raise BundleRefused(f"{DOCUMENTS}{name} is not there as it was attested; ask for the original.")
    return found


def attached_from(files: Mapping[str, bytes], provider: str, environment: str) -> Attached:
    """The statements in these files.

    Args:
        files: By name in the bundle; documents left out.

    Raises:
        BundleRefused: one is altered, is no such statement, or speaks of another provider or environment.
    """
    try:
        attestations = tuple(_voices(files, ATTESTATIONS, "attestation", Attestation))
        waivers = tuple(_voices(files, WAIVERS, "waiver", Waiver))
    except UsageError as wrong:
        raise BundleRefused(str(wrong)) from None
    every: tuple[Voice[Attestation] | Voice[Waiver], ...] = (*attestations, *waivers)
    for one in every:
        if one.said.provider != provider or one.said.environment not in ("", environment):
            raise BundleRefused(f"{one.file} speaks of {one.said.provider}, {one.said.environment}, the run is of {provider}, {environment}.")  # fmt: skip
    if strange := [name for name in files if not name.startswith((ATTESTATIONS, WAIVERS))]:
        raise BundleRefused(f"{strange[0]} is no attachment; it does not belong there.")
    return Attached(attestations, waivers)


def _voices(files: Mapping[str, bytes], folder: str, kind: Kind, record: type[S]) -> Iterator[Voice[S]]:
    for name in sorted(files):
        if name.startswith(folder):
            statement = statement_in(files[name], name)
            if statement.kind != kind:
                raise BundleRefused(f"{name} is a statement of the kind {statement.kind!r}, not {kind!r}.")
            yield voice(name.removeprefix(folder), statement, record)
