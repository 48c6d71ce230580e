"""Whether production did what certification did: compares two bundles and makes the signed record and the page of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from accredit.evidence.statements import stated
from accredit.model.errors import UsageError
from accredit.model.keys import PrivateKey
from accredit.model.parity.comparison import Answer, Comparison, compare
from accredit.model.parity.declared import Declared, Sifted, sift
from accredit.model.parity.differences import Finding, grouped
from accredit.model.parity.latency import CLASSES, latency_of
from accredit.model.reading import read
from accredit.release.pair import Pair, Sealed, sides_of
from accredit.suite.catalogue import PARTNER_FILE, read_toml

DECLARED_FILE = "parity.toml"
"""Beside accredit.toml: `[[<provider>.declared]]`, a table for each difference that is meant to be."""
MOST_TOLD = 500
"""Findings that the record tells; of any more it tells the count."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Two runs compared, in the light of what the partner declared."""

    pair: Pair
    comparison: Comparison
    sifted: Sifted
    findings: tuple[Finding, ...]
    day: date

    @property
    def answer(self) -> Answer:
        """A finding outweighs what is unknown; what is unknown may be why a declaration excuses nothing."""
        if self.findings:
            return Answer.DIFFERENT
        if self.comparison.unclear:
            return Answer.UNKNOWN
        return Answer.DIFFERENT if self.sifted.unused or self.sifted.expired else Answer.SAME

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything that keeps the answer from being the same, a line each."""
        told = [f"{f.id} {f.kind.says}" for f in self.findings]
        told += [f"declared and not found any more: {_named(e)}" for e in self.sifted.unused]
        told += [f"declared until {e.last_day}: {_named(e)}" for e in self.sifted.expired]
        return (*told, *self.comparison.unclear)

    @property
    def name(self) -> str:
        """`parity-latam_pass-20261121T041213-a1b2c3-20261128T100000-d4e5f6`: of which runs."""
        first, second = self.pair.first.run, self.pair.second.run
        return f"parity-{first.provider}-{first.id}-{second.id}"


def compare_pair(pair: Pair, entries: Sequence[Declared], day: date) -> Parity:
    """Compares what the two bundles hold.

    Raises:
        BundleRefused: a bundle was changed in the meantime.
    """
    with sides_of(pair) as (first, second):
        comparison = compare(first, second, pair.facts, pair.contract, pair.settings, pair.register)
    sifted = sift(comparison.differences, entries, day)
    return Parity(pair, comparison, sifted, grouped(sifted.open), day)


def declared_by(partner_file: Path | None, provider: str) -> tuple[Declared, ...]:
    """What the partner declared for a provider; nothing when there is no such file.

    Raises:
        UsageError: it cannot be read, an entry lacks something, or stands there twice.
    """
    path = (partner_file or Path(PARTNER_FILE)).parent / DECLARED_FILE
    if not path.is_file():
        return ()
    about = read_toml(path).get(provider, {})
    tables = about.get("declared", []) if isinstance(about, Mapping) else None
    if not isinstance(tables, list) or set(about) - {"declared"}:
        raise UsageError(f"{path}: [{provider}] holds [[{provider}.declared]] alone, a table each; correct it.")
    entries = tuple(read(Declared, table, f"{path}, [[{provider}.declared]] {number}") for number, table in enumerate(tables, 1))  # fmt: skip
    if wrong := [
        f"[[{provider}.declared]] {number}: {fault}" for number, e in enumerate(entries, 1) for fault in e.faults
    ]:
        raise UsageError(f"{path} cannot be used:\n  " + "\n  ".join(wrong))
    places = [(e.operation, e.place, e.kind, e.scenario) for e in entries]
    if twice := next((place for place in places if places.count(place) > 1), None):
        raise UsageError(f"{path}: {', '.join(filter(None, twice))} is declared twice; remove one of the two.")
    return entries


def sealed_record(parity: Parity, page: bytes, key: PrivateKey) -> bytes:
    """The signed statement over both bundles and the page. Same bundles, declarations and key: same bytes."""
    subject = {s.path.name: s.digest for s in (parity.pair.first, parity.pair.second)}
    return stated("parity", {**subject, f"{parity.name}.html": hashlib.sha256(page).hexdigest()}, record(parity), key)


def record(parity: Parity) -> dict[str, Any]:
    """What the statement says. The day counts only where something was declared until one."""
    comparison, sifted = parity.comparison, parity.sifted
    days = {"on": parity.day.isoformat()} if sifted.excused or sifted.unused or sifted.expired else {}
    return {
        "answer": parity.answer.value,
        "reasons": list(parity.reasons[:MOST_TOLD]),
        "draft": parity.pair.draft,
        "provider": parity.pair.provider.name,
        "suite_version": str(parity.pair.first.run.header["suite_version"]),
        "first": _told(parity.pair.first),
        "production": _told(parity.pair.second),
        "scenarios_compared": len(comparison.compared),
        "exchanges_compared": comparison.exchanges_compared,
        "writes_compared": list(comparison.writes_compared),
        "not_compared": [{"scenario": n.scenario, "why": n.why, "chosen": n.chosen} for n in comparison.not_compared],
        "findings_count": len(parity.findings),
        "findings": [finding.to_record() for finding in parity.findings[:MOST_TOLD]],
        "declared": [{**_entry(entry), "excuses": count} for entry, count in sifted.excused],
        "unused": [_entry(entry) for entry in sifted.unused],
        "expired": [_entry(entry) for entry in sifted.expired],
        "must_differ": [{"operation": d.operation, "place": d.place, "first": d.first, "production": d.second, "source": d.source, "why": d.why}
                        for d in parity.pair.facts.differs],
        "latency": {operation: [_latency(side) for side in sides] for operation, sides in sorted(comparison.latencies.seconds.items())},
        **days,
    }  # fmt: skip


def _told(sealed: Sealed) -> dict[str, Any]:
    run = sealed.run
    checks = {check.question: check.reply.value for check in sealed.verification.checks}
    return {"bundle": sealed.path.name, "sha256": sealed.digest, "run": run.id, "environment": run.environment,
            "place": run.place, "started_at": str(run.header["started_at"]), "verified": checks}  # fmt: skip


def _entry(entry: Declared) -> dict[str, Any]:
    return {**asdict(entry), "last_day": entry.last_day.isoformat()}


def _latency(seconds: Sequence[float]) -> dict[str, Any]:
    told = latency_of(seconds)
    return {
        "count": told.count,
        "p50": told.p50,
        "p95": told.p95,
        "classes": dict(zip(CLASSES, told.classes, strict=True)),
    }


def _named(entry: Declared) -> str:
    return ", ".join(filter(None, (entry.operation, entry.place, entry.kind, entry.scenario)))
