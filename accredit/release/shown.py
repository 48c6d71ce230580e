"""What a verified bundle shows: all that a rule may look at. Read from the bundle alone."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from accredit.evidence import archive
from accredit.evidence.attachments import attached_in
from accredit.evidence.journal import is_segment
from accredit.evidence.judged_by import FOLDER, provider_in
from accredit.evidence.manifest import MANIFEST
from accredit.evidence.statements import Statement, kept_in
from accredit.evidence.verify import Check, Verification, verify
from accredit.model.attached import NOTHING, Attached
from accredit.model.chain import record_in
from accredit.model.keys import PublicKey
from accredit.model.leaks import SCAN
from accredit.model.provider import Environment, Provider
from accredit.model.reply import Reply
from accredit.model.run import Run
from accredit.model.verdict import Judgement, Verdict
from accredit.release.compared import comparers

_OTHER = re.compile(rb'\{"chain":"\w+","record":\{"kind":"(?!exchange")')
"""How the line of a record begins that is no exchange: it need not be read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A bundle that could be read.

    Attributes:
        checks: The verifier's answers by question.
        digests: Hex SHA-256 of every file, as the signed manifest has them.
        scan: What the search for leaks told of itself when the bundle was sealed; empty when there was none.
        files: What the run was judged by, by path in the suite: `contracts/…`.
        astray: What each request carried against the rules of its environment: `exchange 3: the header x-test`. None for a
            simulator's run, whose scenarios try that on purpose.
        today: The day that ages and last days are counted to.
        bundle: Hex SHA-256 of the file: what statements speak of it by.
        comparers: Ids of the keys whose comparisons count: of the one that the bundle should be signed with, and whoever was added.
        attached: What people said of its requirements, as it carries it.
        approved: Whether all who must have signed it, and who has not; None when no signatures were brought.
        parities: Records of comparisons that were brought along; None when nobody brought any.
    """

    checks: Mapping[str, Check]
    run: Run
    verdict: Verdict
    provider: Provider
    digests: Mapping[str, str]
    scan: Mapping[str, Any]
    files: Mapping[str, bytes]
    astray: tuple[str, ...] | None
    today: date
    bundle: str = ""
    comparers: frozenset[str] = frozenset()
    parities: Sequence[Statement] | None = None
    attached: Attached = NOTHING
    approved: tuple[Reply, str] | None = None

    def judged(self, prefix: str = "") -> list[Judgement]:
        """The requirements whose id begins so: all, those of `LP-AUTH`, or the one `LP-AUTH-01`."""
        return [j for j in self.verdict.judgements if f"{j.requirement.id}-".startswith(f"{prefix}-" if prefix else "")]

    def setting(self, name: str) -> Any:
        """A setting of the provider's as the bundle carries it: the partner's own choice does not count here.

        Raises:
            KeyError: there is no such setting.
        """
        return self.provider.settings[name].value


def shown_by(
    bundle: Path, trusted: PublicKey | str | None, today: date, statements: Path | None = None
) -> tuple[Verification, Shown | None]:
    """Verifies a bundle, and reads what it shows; nothing of one that is not intact or cannot be judged.

    Args:
        statements: The folder that holds what was said of each provider's release.

    Raises:
        UsageError: there is no such file.
        BundleRefused: a statement was altered.
    """
    verification = verify(bundle, trusted)
    if verification.run is None or verification.verdict is None:
        return verification, None
    with archive.opened(bundle) as opened:
        digests = {s["name"]: s["digest"]["sha256"] for s in json.loads(opened.read(MANIFEST))["subject"]}
        scan = json.loads(opened.read(SCAN)) if SCAN in opened.names else {}
        files = {name: opened.read(name) for name in opened.names if name.startswith(FOLDER)}
        provider = provider_in(files, verification.run)
        astray = _astray(opened, verification.run.environment, provider)
        is_said = not any(c.question == "attached" and c.reply is not Reply.YES for c in verification.checks)
        attached = attached_in(opened, verification.run.provider, verification.run.environment) if is_said else NOTHING
    checks = {check.question: check for check in verification.checks}
    bare = {name.removeprefix(FOLDER): data for name, data in files.items()}
    about = statements / provider.name if statements else None
    return verification, Shown(
        checks,
        verification.run,
        verification.verdict,
        provider,
        digests,
        scan,
        bare,
        astray,
        today,
        archive.digest(bundle),
        comparers({}, trusted),
        tuple(kept_in(about, "parity").values()) if about else None,
        attached,
    )


def _astray(bundle: archive.Bundle, environment: str, provider: Provider) -> tuple[str, ...] | None:
    """Reads the journal once more, its chain checked before, and holds no more of it than what went astray."""
    if environment == "simulator":
        return None
    facts = provider.facts_of(environment)
    names = sorted(filter(is_segment, bundle.names))
    lines = (line for name in names for line in bundle.lines(name) if line.endswith(b"\n") and not _OTHER.match(line))
    sent = (
        r for r in map(record_in, lines) if r["kind"] == "exchange" and r.get("direction", "outgoing") == "outgoing"
    )
    return tuple(f"exchange {r['number']}: {wrong}" for r in sent for wrong in wrong_with(r["request"], facts))


def wrong_with(request: Mapping[str, Any], facts: Environment) -> Iterator[str]:
    """What a recorded request has against the rules of its environment."""
    headers = {str(name).lower(): str(value) for name, value in request["headers"]}
    path = urlsplit(str(request["url"])).path
    yield from (f"the header {name}" for name in facts.forbidden_headers if name.lower() in headers)
    yield from (
        f"no {name}: {value}" for name, value in facts.required_headers.items() if headers.get(name.lower()) != value
    )
    yield from (f"a path below {prefix}" for prefix in facts.not_under if f"{path}/".startswith(f"{prefix}/"))
