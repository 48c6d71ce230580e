"""Checks a bundle and answers four questions apart: is it intact, authentic, complete, and judged as it says?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from accredit.evidence import archive
from accredit.evidence.journal import MAIN
from accredit.evidence.judged_by import FOLDER, register_in
from accredit.evidence.keys import opened
from accredit.evidence.manifest import ENVELOPE, MANIFEST, PREDICATE, STATEMENT, predicate
from accredit.model.chain import Segment
from accredit.model.errors import AccreditError, BundleRefused
from accredit.model.folding import run_from
from accredit.model.keys import PublicKey, key_id
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge


class Reply(StrEnum):
    """To one of the verifier's questions."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


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

    @property
    def exit_code(self) -> int:
        """0 when every answer is yes, 1 when one is no, 3 when one is unknown. Says nothing of the run's own verdict."""
        replies = {check.reply for check in self.checks}
        return 1 if Reply.NO in replies else 3 if Reply.UNKNOWN in replies else 0


def verify(path: Path, trusted: PublicKey | None) -> Verification:
    """Verifies a bundle offline.

    Args:
        trusted: The key it should be signed with. None leaves authenticity unknown: a signature by just anybody proves nothing.

    Raises:
        UsageError: there is no such file.
    """
    try:
        with archive.opened(path) as bundle:
            told = _intact(bundle)
            run = run_from(_segments(bundle))
            files = {name: bundle.read(name) for name in bundle.names if name == ENVELOPE or name.startswith(FOLDER)}
    except BundleRefused as wrong:
        unread = tuple(
            Check(question, Reply.UNKNOWN, "not asked, since the bundle is not intact")
            for question in ("authentic", "complete", "re-judged")
        )
        return Verification((Check("intact", Reply.NO, str(wrong)), *unread), None, None)
    count = len(bundle.names)
    intact = Check("intact", Reply.YES, f"{count} files, each as the manifest says; the journal's chain holds")
    try:
        verdict = judge(run, register_in(files, run))
    except AccreditError as wrong:
        return Verification((intact, _authentic(files, trusted), Check("complete", Reply.NO, str(wrong))), run, None)
    return Verification(
        (intact, _authentic(files, trusted), _complete(run, verdict), _rejudged(told["predicate"], run, verdict)),
        run,
        verdict,
    )


def _intact(bundle: archive.Bundle) -> dict[str, Any]:
    """The statement, once every file is what it says and no other is there."""
    for name in (MANIFEST, ENVELOPE):
        if name not in bundle.names:
            raise BundleRefused(f"{name} is missing; the bundle was altered or never sealed.")
    payload, _ = opened(bundle.read(ENVELOPE))
    if payload != bundle.read(MANIFEST):
        raise BundleRefused(f"{MANIFEST} is not what was signed; the bundle was altered.")
    told: dict[str, Any] = json.loads(payload)
    if told.get("_type") != STATEMENT or told.get("predicateType") != PREDICATE:
        raise BundleRefused(f"{MANIFEST} is no statement of ours.")
    listed = {subject["name"]: subject["digest"]["sha256"] for subject in told["subject"]}
    for name in sorted(bundle.names - {MANIFEST, ENVELOPE} - set(listed)):
        raise BundleRefused(f"{name} is not in the manifest; it was added after sealing.")
    for name, digest in listed.items():
        if name not in bundle.names:
            raise BundleRefused(f"{name} is in the manifest and not in the bundle; it was removed after sealing.")
        if (got := bundle.digest(name)) != digest:
            raise BundleRefused(
                f"{name}: the manifest says {digest[:12]}…, the file is {got[:12]}…; it was changed after sealing. Ask for the original."
            )
    return told


def _segments(bundle: archive.Bundle) -> list[Segment]:
    names = sorted(
        (n for n in bundle.names if n.startswith("journal.") and n.endswith("jsonl")), key=lambda n: (n != MAIN, n)
    )
    return [Segment(name, bundle.lines(name)) for name in names]


def _authentic(files: Mapping[str, bytes], trusted: PublicKey | None) -> Check:
    _, keys = opened(files[ENVELOPE])
    ids = [key_id(key) for key in keys]
    if trusted is None:
        return Check(
            "authentic",
            Reply.UNKNOWN,
            f"signed with key {ids[0]}; whose it is can only be said with --key and their .pub file",
        )
    if key_id(trusted) in ids:
        return Check("authentic", Reply.YES, f"signed with the key you trust, {key_id(trusted)}")
    return Check("authentic", Reply.NO, f"signed with key {ids[0]}, not with the one you trust, {key_id(trusted)}")


def _complete(run: Run, verdict: Verdict) -> Check:
    if not run.is_complete:
        return Check("complete", Reply.NO, "the run has no footer: it did not end as it should")
    if verdict.reconciliation.differences:
        return Check("complete", Reply.NO, "; ".join(verdict.reconciliation.differences))
    counts = verdict.reconciliation.counts
    return Check("complete", Reply.YES, f"{counts['declared']} scenarios declared, {counts['collected']} collected, {counts['executed']} executed, "
                                        f"{counts['reported']} reported; {len(verdict.judgements)} requirements accounted for")  # fmt: skip


def _rejudged(told: Mapping[str, Any], run: Run, verdict: Verdict) -> Check:
    if told == predicate(run, verdict):
        return Check("re-judged", Reply.YES, f"judging the records again gives the same: {verdict.answer}")
    return Check(
        "re-judged", Reply.NO, f"the bundle says {told.get('verdict')}, judging its records again says {verdict.answer}"
    )
