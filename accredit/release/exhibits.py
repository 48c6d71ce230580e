"""Takes what somebody shows for a move: files by digest, attestations by requirement, bundles that verify and are signed with the partner's key."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from accredit.evidence import archive
from accredit.evidence.statements import MOST_BYTES, statement_in
from accredit.model.errors import AccreditError, UsageError
from accredit.model.process import Exhibit, Transition
from accredit.model.purpose import DRAFTED_IN, Purpose
from accredit.model.reply import Reply
from accredit.release.course import Course
from accredit.release.shown import shown_by
from accredit.release.standing import Proof


def proofs_for(way: Transition, shown: Iterable[str], course: Course, today: date) -> tuple[Proof, ...]:
    """What was shown, once it is all that the transition takes.

    Args:
        shown: Files, and ids of requirements of which an attestation is kept.

    Raises:
        UsageError: something is missing, cannot be read, or does not show what it should.
    """
    attested = course.attested(today)
    found = {proof.sha256: proof for text in shown for proof in [_proof(text, course, attested, today)]}
    for exhibit in way.evidence:
        if exhibit.requirement:
            _must_be_attested(exhibit, attested, course, today)
            digest = attested[exhibit.requirement]
            found.setdefault(digest, Proof(kind="attestation", name=exhibit.requirement, sha256=digest))
    _bundles(way, [Path(text) for text in shown if text.endswith(".zip")], course, today)
    _documents(way, [proof for proof in found.values() if proof.kind == "file"])
    return tuple(found.values())


def _proof(text: str, course: Course, attested: Mapping[str, str], today: date) -> Proof:
    if text in course.dossier.register:
        _must_be_attested(Exhibit(what=course.dossier.register[text].title, requirement=text), attested, course, today)
        return Proof(kind="attestation", name=text, sha256=attested[text])
    path = Path(text)
    if not path.is_file() or not path.stat().st_size:
        raise UsageError(f"{text!r} is neither a requirement of {course.dossier.provider.title} nor a file with something in it; "
                         "name what shows the move.")  # fmt: skip
    return Proof(kind=_kind(path), name=path.name, sha256=archive.digest(path))


def _kind(path: Path) -> str:
    """`bundle`, `statement`, or `file` for a document. What we made ourselves is nobody's word but ours."""
    if path.suffix == ".zip":
        return "bundle"
    try:
        if path.stat().st_size <= MOST_BYTES:
            statement_in(path.read_bytes(), path.name)
            return "statement"
    except AccreditError:
        pass  # none of ours, as hoped
    return "file"


def _must_be_attested(exhibit: Exhibit, attested: Mapping[str, str], course: Course, today: date) -> None:
    if exhibit.requirement not in attested:
        why = course.why_not_attested(exhibit.requirement, today)
        raise UsageError(f"{exhibit.what}: no attestation of {exhibit.requirement} {f'counts ({why})' if why else f'is on file in {course.folder}'}; "
                         f"first: accredit attest {exhibit.requirement} --by … --file …")  # fmt: skip


def _bundles(way: Transition, given: list[Path], course: Course, today: date) -> None:
    purposes = {purpose.name: purpose for purpose in course.dossier.correspondence.purposes}
    for exhibit in (e for e in way.evidence if e.purpose):
        faults = [_fault(path, purposes[exhibit.purpose], course, today) for path in given]
        if not given:
            raise UsageError(
                f"{exhibit.what}: name the sealed bundle for {course.dossier.name}.{exhibit.purpose}, --evidence accredit-….zip."
            )
        if all(faults):
            raise UsageError(f"{exhibit.what}: {'; '.join(faults)}.")


def _fault(path: Path, purpose: Purpose, course: Course, today: date) -> str:
    """Why a bundle is none for a purpose; empty when it is one."""
    verification, shown = shown_by(path, course.trusted, today)
    # What cannot be read is told first: whose key signed such a file says nothing.
    doubts = sorted((c for c in verification.checks if c.reply is not Reply.YES), key=lambda c: c.reply is not Reply.NO)
    if doubts or shown is None:
        return "; ".join(f"{path.name} is not shown to be {doubt.question}: {doubt.reason}" for doubt in doubts[:1])
    run, wanted = shown.run, [e for e in purpose.environments if e != DRAFTED_IN]
    if run.provider != course.dossier.name or run.environment not in wanted:
        return f"{path.name} is of {run.provider}, {run.environment}; {purpose.name} takes {' or '.join(wanted)}"
    return f"{path.name} shows nothing of the provider itself: {run.why_not_real}" if run.why_not_real else ""


def _documents(way: Transition, files: list[Proof]) -> None:
    """What the provider decides takes a document of the provider's, and no file of our own making can be one."""
    wanted = [exhibit.what for exhibit in way.evidence if not exhibit.requirement and not exhibit.purpose]
    if len(files) >= len(wanted):
        return
    whose = (
        f" It is {way.actor}'s move: only their own document shows it, no bundle or statement of ours."
        if way.mover == "provider"
        else ""
    )
    raise UsageError(
        f"{' and '.join(wanted)}: {len(wanted)} to be shown as a file, {len(files)} given; name it with --evidence FILE.{whose}"
    )
