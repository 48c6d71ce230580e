"""The miniature's run as if a provider itself had been reached: sealed anew, altered as a test wants it."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from accredit.evidence.archive import Content
from accredit.suite.catalogue import Dossier
from accredit.wire.hidden import Search, Values
from tests.conftest import MINI, Ended
from tests.resealing import Records, resealed

TODAY = date(2026, 11, 21)
_ALONE = "mini/points: An old token is refused"


def certified(sealed: Ended, target: Path, change: Callable[[Records], None] = lambda _: None, *, run: str = "", at: str = f"{TODAY}T10:00:00.000Z",
              environment: str = "certification", partner_id: str = "p-1",
              attachments: Mapping[str, Content] | None = None, rewrite: Callable[[Path], None] | None = None) -> Path:  # fmt: skip
    """A bundle of the scenarios that are not the simulator's alone.

    Args:
        run: Its id; that of the miniature's run when not given.
        rewrite: Changes the suite it was judged by, a copy.
    """

    def both(records: Records) -> None:
        records[0]["expected"] = [
            e for e in records[0]["expected"] if e["scenario"] != _ALONE and _runs(e, environment)
        ]
        kept = {e["scenario"] for e in records[0]["expected"]}
        records[:] = [r for r in records if r["kind"] == "exchange" or "scenario" not in r or r["scenario"] in kept]
        for record in records:
            if record["kind"] == "collected":
                record["scenarios"] = [id_ for id_ in record["scenarios"] if id_ in kept]
        records[0] |= {
            "environment": environment,
            "started_at": at,
            "partner_id": partner_id,
            "run": run or records[0]["run"],
        }
        change(records)

    key = sealed.output.parent / "signing.key"
    looked_for = Search([Values({"a-value-nobody-wrote": "[client_secret]"})], Dossier("mini", MINI).provider.masking)
    return resealed(sealed.folder, MINI, key, target, both, rewrite, looked_for, attachments)


def outcome(requirement: str, outcome: str) -> Callable[[Records], None]:
    """Has that requirement come out so."""

    def change(records: Records) -> None:
        for record in records:
            if record["kind"] == "finding" and record["requirement"] == requirement:
                record |= {"outcome": outcome, "what": "points", "wanted": "120", "got": "240"}

    return change


def _runs(expected: dict[str, object], environment: str) -> bool:
    """Production takes what reads alone."""
    requirements = Dossier("mini", MINI).register
    return environment != "production" or all(
        "production" in requirements[str(id_)].environments for id_ in expected["requirements"]
    )
