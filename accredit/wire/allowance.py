"""Production with a budget: whether a writing request is what the budget names, and counting it just before it leaves."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from accredit.model.budget import Budget
from accredit.model.errors import AccreditError, Refused
from accredit.model.spending import Charge
from accredit.model.writes import NotCovered, Sending, Writes, charge_of

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A write that was counted: its number in the ledger, and the ledger's chain value after it."""

    number: int
    chain: str


class Counting(Protocol):
    """In which writes are counted that are about to leave; over other workers and runs as well."""

    def reserve(self, charge: Charge, now: Now) -> tuple[int, str]:
        """Counts a write before it leaves: its number, and the ledger's chain value. Raises AccreditError when it may not leave."""

    def answered(self, number: int, status: int, now: Now) -> None:
        """Notes a whole answer."""

    def unsent(self, number: int, why: str, now: Now) -> None:
        """Gives a write back that provably did not leave."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a budget allows, while it allows it.

    Attributes:
        path: The budget's file, whose bytes were signed.
        digest: Hex SHA-256 of those bytes.
        facts_file: Where the facts stand that were signed with it, and the hex SHA-256 of that file.
        facts: Where each writing operation says what a budget counts.
        usual: Names of headers, in lower case, that every request to the provider carries.
    """

    budget: Budget
    path: Path
    digest: str
    facts_file: tuple[Path, str]
    facts: Mapping[str, Writes]
    usual: frozenset[str]
    settings: Mapping[str, Any]
    ledger: Counting

    def charge(self, sending: Sending) -> Charge:
        """What a writing request takes of the budget.

        Raises:
            Refused: it is not what the budget names.
        """
        try:
            return charge_of(replace(sending, usual=self.usual, settings=self.settings), self.facts, self.budget)
        except NotCovered as why:
            raise Refused(
                f"{sending.operation} moves points or creates something, and this one may not leave: {why}."
            ) from None

    def check_switch(self) -> None:
        """Raises Refused when the kill switch was thrown, or cannot be seen. Then not even what reads may leave."""
        check_switch(self.path.parent / self.budget.kill_switch)

    def reserve(self, charge: Charge, now: Now) -> Reservation:
        """Counts a write that is about to leave. Once this has returned it counts, whatever becomes of it.

        Raises:
            Refused: it may not leave after all.
        """
        for path, digest in ((self.path, self.digest), self.facts_file):
            if hashlib.sha256(_bytes(path)).hexdigest() != digest:
                raise Refused(f"{path} is not what was signed when this run began; nothing more is written.")
        try:
            return Reservation(*self.ledger.reserve(charge, now))
        except Refused as why:
            raise Refused(f"{charge.operation} may not leave: {why}") from None
        except AccreditError as why:
            raise Refused(f"{charge.operation} cannot be counted, so it may not leave: {why}") from None


def check_switch(switch: Path) -> None:
    """Raises Refused when the kill switch was thrown, or cannot be seen."""
    try:
        os.lstat(switch)
    except FileNotFoundError:
        if switch.parent.is_dir():
            return
        raise Refused(
            f"{switch.parent} does not exist, so that the kill switch could not be thrown; make it."
        ) from None
    except OSError as failed:
        raise Refused(f"the kill switch {switch} cannot be looked for ({failed.strerror}); nothing leaves.") from None
    raise Refused(f"the kill switch {switch} was thrown; nothing leaves. Who threw it says when it may be removed.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
