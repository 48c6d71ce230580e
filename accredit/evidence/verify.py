"""Checks a bundle and answers four questions apart: is it intact, authentic, complete, and judged as it says?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accredit.evidence import archive, timestamp
from accredit.evidence.attachments import FOLDER as ATTACHMENTS
from accredit.evidence.attachments import attached_in
from accredit.evidence.complete import Counted, shortfalls
from accredit.evidence.intact import Sealed, sealed_in
from accredit.evidence.journal import MAIN, is_segment
from accredit.evidence.judged_by import FOLDER, register_in
from accredit.evidence.leaks import scan_told
from accredit.evidence.manifest import predicate
from accredit.model.errors import AccreditError, BundleRefused
from accredit.model.folding import run_from
from accredit.model.keys import PublicKey, key_id
from accredit.model.reply import Reply, worst
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge

__all__ = ["Check", "Reply", "Verification", "verify"]

_MOST_BYTES = 4 * 1024**2
"""Of one file that a run is judged by."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer, with the reason."""

    question: str
    reply: Reply
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything the verifier found. `verdict` is the one judged again; None when the records could not be read."""

    checks: tuple[Check, ...]
    run: Run | None
    verdict: Verdict | None
    scan: str = ""
    """What the search for secrets and personal values told of itself. Only who knew the values could search, so it answers no question."""

    @property
    def exit_code(self) -> int:
        """Of the worst answer. Says nothing of the run's own verdict."""
        return worst(check.reply for check in self.checks).exit_code


def verify(
    path: Path, trusted: PublicKey | str | None, authorities: bytes | None = None, templates: Path | None = None
) -> Verification:
    """Verifies a bundle offline.

    Args:
        trusted: The key it should be signed with, or that key's id. None leaves authenticity unknown: a signature by just anybody
            proves nothing.
        authorities: Root certificates (PEM) of the time stamp authorities that are trusted; asks for a time stamp by one of them.
        templates: Also makes every file of it again, by these, and compares.

    Raises:
        UsageError: there is no such file.
    """
    try:
        with archive.opened(path) as bundle, _read_strictly():
            sealed = sealed_in(bundle)
            segments = _segments(bundle)
            run = run_from(segments)
            scan = scan_told(bundle)
            attached = _attached(bundle, run)
            files = {name: bundle.read(name, _MOST_BYTES) for name in bundle.names if name.startswith(FOLDER)}
    except BundleRefused as wrong:
        return Verification((Check("intact", Reply.NO, f"{path.name}: {wrong}"), *_not_asked()), None, None)
    count = len(bundle.names)
    intact = Check("intact", Reply.YES, f"{count} files, each as the manifest says; the journal's chain holds")
    authentic = _authentic(sealed, trusted)
    try:
        with _read_strictly():
            register = register_in(files, run)
            verdict = judge(run, register)
            missing, claimed = shortfalls(run, verdict, segments, register, files), predicate(run, verdict)
    except AccreditError as wrong:
        return Verification(
            (intact, authentic, Check("complete", Reply.NO, str(wrong)), *_not_asked()[-1:]), None, None
        )
    checks = (
        intact,
        authentic,
        _complete(verdict, missing),
        _rejudged(sealed, claimed),
        *attached,
        *_stamped(sealed, authorities),
        *([_rendered(path, sealed, files, run, verdict, templates)] if templates else ()),
    )
    return Verification(checks, run, verdict, scan)


def _not_asked() -> tuple[Check, ...]:
    questions = ("authentic", "complete", "re-judged")
    return tuple(Check(q, Reply.UNKNOWN, "not asked, since the bundle cannot be read") for q in questions)


@contextmanager
def _read_strictly() -> Iterator[None]:
    """Whatever strangers signed, records that are not like ours are refused, and never a fault of our own."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as wrong:
        raise BundleRefused(
            f"a record or a file is not as accredit writes it ({type(wrong).__name__}: {str(wrong)[:100]}); ask for the original."
        ) from None


def _segments(bundle: archive.Bundle) -> list[Counted]:
    names = sorted(filter(is_segment, bundle.names), key=lambda name: (name != MAIN, name))
    return [Counted(name, bundle.lines(name)) for name in names]


def _authentic(sealed: Sealed, trusted: PublicKey | str | None) -> Check:
    signer = key_id(sealed.key)
    if trusted is None:
        return Check("authentic", Reply.UNKNOWN, f"signed with key {signer}; whose it is can only be said with --key and their .pub file, "
                     "or --key-id and what they told you of it")  # fmt: skip
    wanted = trusted if isinstance(trusted, str) else key_id(trusted)
    if signer == wanted:
        return Check("authentic", Reply.YES, f"signed with the key you trust, {signer}")
    return Check("authentic", Reply.NO, f"signed with key {signer}, not with the one you trust, {wanted}")


def _complete(verdict: Verdict, missing: tuple[str, ...]) -> Check:
    if missing:
        return Check("complete", Reply.NO, "; ".join(missing))
    counts = ", ".join(f"{count} {stage}" for stage, count in verdict.reconciliation.counts.items())
    return Check("complete", Reply.YES, f"scenarios: {counts}; {len(verdict.judgements)} requirements accounted for")


def _stamped(sealed: Sealed, authorities: bytes | None) -> Iterator[Check]:
    """Asked when there is a time stamp, or there should be one."""
    if sealed.stamp is None:
        if authorities is not None:
            yield Check("stamped", Reply.NO, "it was sealed without a time stamp")
    elif authorities is None:
        said = timestamp.told(sealed.stamp, sealed.envelope)
        yield Check(
            "stamped",
            Reply.UNKNOWN,
            f"says it was by {said}; that is proven only with --tsa-cert and the authority's certificate",
        )
    else:
        try:
            yield Check("stamped", Reply.YES, f"by {timestamp.proven(sealed.stamp, sealed.envelope, authorities)}")
        except BundleRefused as wrong:
            yield Check("stamped", Reply.NO, str(wrong))


def _rendered(path: Path, sealed: Sealed, files: Mapping[str, bytes], run: Run, verdict: Verdict, templates: Path) -> Check:  # fmt: skip
    from accredit.evidence.rendered import rendered_again  # only who asks for it waits for all that renders

    try:
        with archive.opened(path) as bundle, _read_strictly():
            is_same, reason = rendered_again(bundle, sealed, files, run, verdict, templates)
    except AccreditError as wrong:
        is_same, reason = None, f"its files cannot be made again: {wrong}"
    return Check("rendered", Reply.UNKNOWN if is_same is None else Reply.YES if is_same else Reply.NO, reason)


def _attached(bundle: archive.Bundle, run: Run) -> tuple[Check, ...]:
    """Asked when people's words are attached. Whose keys they are, a bundle cannot say."""
    if not any(name.startswith(ATTACHMENTS) for name in bundle.names):
        return ()
    try:
        found = attached_in(bundle, run.provider, run.environment)
    except BundleRefused as wrong:
        return (Check("attached", Reply.NO, str(wrong)),)
    keys = sorted({*(a.key for a in found.attestations), *(w.key for w in found.waivers)})
    count = f"{len(found.attestations)} attestations and {len(found.waivers)} waivers"
    return (Check("attached", Reply.YES, f"{count}, each signed, documents as attested; keys: {', '.join(keys)}"),)


def _rejudged(sealed: Sealed, claimed: Mapping[str, Any]) -> Check:
    if sealed.authority:
        claimed = {**claimed, "time_stamp_by": sealed.authority}
    if "rendered_by" in sealed.predicate:
        claimed = {**claimed, "rendered_by": sealed.predicate["rendered_by"]}
    if sealed.predicate == claimed:
        return Check("re-judged", Reply.YES, f"judging the records again gives the same: {claimed['verdict']}")
    wrong = sorted(key for key in {*sealed.predicate, *claimed} if sealed.predicate.get(key) != claimed.get(key))
    return Check("re-judged", Reply.NO, f"the bundle says {sealed.predicate.get('verdict')}, judging its records again says "
                                        f"{claimed['verdict']}; they differ in: {', '.join(wrong)}"[:1000])  # fmt: skip
