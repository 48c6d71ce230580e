"""What a bundle says of itself: an in-toto statement over every file, and every requirement the run was about."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import rfc8785

from accredit import __version__
from accredit.evidence.archive import Content, digest
from accredit.model.bounded import loads
from accredit.model.errors import BundleRefused
from accredit.model.rounds import FuzzVerdict
from accredit.model.run import Run
from accredit.model.verdict import Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://accredit.dev/certification-run/v1"
MANIFEST, ENVELOPE = "manifest.json", "manifest.dsse.json"
MOST_BYTES = 8 * 1024**2


def statement(
    files: Mapping[str, Content], run: Run, verdict: Verdict, engine: Mapping[str, str], authority: str = ""
) -> bytes:
    """The statement in canonical JSON (RFC 8785): same files, same run, same bytes.

    Args:
        engine: What made the files: name → version.
        authority: Whose time stamp there is to be.
    """
    return rfc8785.dumps({
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest(files[name])}} for name in sorted(files)],
        "predicateType": PREDICATE,
        "predicate": {**predicate(run, verdict), "rendered_by": dict(engine), **({"time_stamp_by": authority} if authority else {})},
    })  # fmt: skip


def statement_from(payload: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    """Hex SHA-256 by file name, and the predicate, of a statement that was read.

    Raises:
        BundleRefused: it is no statement of ours.
    """
    try:
        told = loads(payload)
        if told["_type"] != STATEMENT or told["predicateType"] != PREDICATE:
            raise ValueError(f"a statement of the type {told['predicateType']!r}")
        digests = {str(subject["name"]): str(subject["digest"]["sha256"]) for subject in told["subject"]}
        if len(digests) != len(told["subject"]):
            raise ValueError("it names a file twice")
        return digests, dict(told["predicate"])
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BundleRefused(f"{MANIFEST} is no statement of ours ({str(wrong)[:100]}); ask for the original.") from None


def predicate(run: Run, verdict: Verdict) -> dict[str, Any]:
    """What was claimed when the bundle was sealed. The verifier judges again and compares."""
    return {
        "suite_version": str(run.header.get("suite_version", __version__)),
        "run": run.id,
        "provider": run.provider,
        "environment": run.environment,
        "connect_to": str(run.header.get("connect_to", "")),
        "verdict": verdict.answer.value,
        "reasons": list(verdict.reasons),
        "reconciliation": dict(verdict.reconciliation.counts),
        "requirements": [
            {"id": j.requirement.id, "outcome": j.outcome.value, "in_scope": j.in_scope, "scenarios": [f.scenario for f in j.findings]}
            for j in verdict.judgements
        ],
        **({"fuzzing": _fuzzing(run, verdict.fuzz)} if verdict.fuzz else {}),
    }  # fmt: skip


def _fuzzing(run: Run, fuzz: FuzzVerdict) -> dict[str, Any]:
    told = run.header["fuzz"]
    return {
        "profile": told["profile"]["name"],
        "seed": told["seed"],
        "engine": told["engine"],
        "rounds": [{"round": j.round.name, "outcome": j.outcome.value, **asdict(j.tally), "statuses": {str(s): n for s, n in j.tally.statuses.items()}}
                   for j in fuzz.rounds],
        "findings": [finding.id for finding in fuzz.open],
        "accepted": [finding.id for finding, _ in fuzz.accepted],
    }  # fmt: skip
