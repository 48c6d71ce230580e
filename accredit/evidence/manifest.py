"""What a bundle says of itself: an in-toto statement over every file, and every requirement the run was about."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from accredit import __version__
from accredit.model.run import Run
from accredit.model.verdict import Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://accredit.dev/certification-run/v1"
MANIFEST, ENVELOPE = "manifest.json", "manifest.dsse.json"


def statement(files: Mapping[str, bytes], run: Run, verdict: Verdict) -> bytes:
    """The statement in canonical JSON (RFC 8785): same files, same run, same bytes."""
    return rfc8785.dumps({
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": hashlib.sha256(files[name]).hexdigest()}} for name in sorted(files)],
        "predicateType": PREDICATE,
        "predicate": predicate(run, verdict),
    })  # fmt: skip


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
    }  # fmt: skip
