"""A budget for assisted production as a partner would have it: two people, their keys, the file and their signatures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from accredit.evidence.spent import Ledger
from accredit.evidence.statements import keep, stated
from accredit.model.budget import FILE, budget_from
from accredit.model.keys import PrivateKey, key_id, new_private, private_pem
from accredit.suite.approval import digest_of
from accredit.suite.init import _toml
from tests.conftest import MINI, ROOT

TICKET = "INC-4711"
ROLE = "approver"


def told(provider: str, roles: Mapping[str, Any], operations: Mapping[str, int], /, **changes: Any) -> dict[str, Any]:
    """A budget that holds for a day, as data; `changes` replace whole tables."""
    now = datetime.now(UTC)
    return {
        "provider": provider,
        "environment": "production",
        "start": now - timedelta(hours=1),
        "end": now + timedelta(days=300),
        "approvers": ["ada", "ben"],
        "kill_switch": "STOP",
        "ticket": {"name": TICKET, "points": 5000, "requests": 100},
        "points": {"total": 5000, "each": 500},
        "operations": {name: {"count": count} for name, count in operations.items()},
        "roles": {
            kind: dict(players) for kind, players in roles.items() if kind in ("members", "products", "banks", "cards")
        },
    } | changes


def toml(data: Mapping[str, Any]) -> str:
    """The budget's file."""
    return "".join(
        f"{name} = {value.isoformat() if isinstance(value, datetime) else _toml(value)}\n"
        for name, value in data.items()
    )


@dataclass
class Desk:
    """Where the partner's papers lie: accredit.toml with two people in it, the budget, the statements."""

    folder: Path
    provider: str
    keys: dict[str, PrivateKey] = field(default_factory=lambda: {name: new_private() for name in ("ada", "ben", "eve")})

    @property
    def budget(self) -> Path:
        return self.folder / FILE

    @property
    def partner_file(self) -> Path:
        return self.folder / "accredit.toml"

    @property
    def statements(self) -> Path:
        return self.folder / "statements" / self.provider

    @property
    def ledger(self) -> Path:
        return self.statements / "spent.jsonl"

    @property
    def facts(self) -> Path:
        return (MINI if self.provider == "mini" else ROOT) / "contracts" / self.provider / "budget.toml"

    def key_file(self, name: str) -> Path:
        """Somebody's private key, in a file."""
        path = self.folder / f"{name}.key"
        path.write_bytes(private_pem(self.keys[name]))
        return path

    @property
    def people(self) -> str:
        """The part of accredit.toml that names who may sign."""
        return "".join(f'\n[people.{name}]\nname = "{name.title()}"\nroles = ["{ROLE}"]\nkey = "{key_id(self.keys[name].public_key())}"\n'
                       for name in ("ada", "ben"))  # fmt: skip

    def write(self, data: Mapping[str, Any] | str) -> Path:
        self.budget.write_text(data if isinstance(data, str) else toml(data), encoding="utf-8")
        return self.budget

    def sign(self, *names: str, digest: str = "", facts: str = "", counted: str | None = None, **changes: Any) -> None:
        """Signatures of these people over the budget as it is, or over other digests; `counted` empty leaves the ledger out."""
        subject = {
            self.budget.name: digest or digest_of(self.budget),
            f"contracts/{self.provider}/budget.toml": facts or digest_of(self.facts),
            self.ledger.name: self.counted() if counted is None else counted,
        }
        subject = {name: value for name, value in subject.items() if value}
        for name in names:
            words = {"provider": self.provider, "purpose": f"{self.provider}.budget", "role": ROLE, "by": name.title(),
                     "at": "2026-01-01T12:00:00+00:00"} | changes  # fmt: skip
            keep(self.statements, "sign-off", f"budget-{name}", stated("sign-off", subject, words, self.keys[name]))

    def counted(self) -> str:
        """The ledger's chain value; it is made when there is none."""
        some = budget_from(told(self.provider, {}, {"any": 1}), self.provider, "a budget")
        return Ledger(self.ledger, some, "", "").begin(lambda: datetime.now(UTC))

    def approve(self, data: Mapping[str, Any]) -> Path:
        """A budget that both have signed."""
        self.write(data)
        self.sign("ada", "ben")
        return self.budget
