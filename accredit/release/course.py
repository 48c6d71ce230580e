"""What a partner's way to going live rests on: the provider's process, the partner's settings, and what is on record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from accredit.evidence.statements import kept_in
from accredit.model.calendar import Calendar
from accredit.model.errors import CannotJudge
from accredit.model.partner import PartnerFacts
from accredit.model.process import Process
from accredit.release.days import calendar_of
from accredit.suite.catalogue import Dossier, partner_facts, statements_folder

LOG = "process.jsonl"


@dataclass(frozen=True)
class Course:
    """One partner's with one provider. `folder`: where their statements are kept."""

    dossier: Dossier
    facts: PartnerFacts
    folder: Path

    @property
    def log(self) -> Path:
        """The partner's own record of where they are."""
        return self.folder / LOG

    @property
    def process(self) -> Process:
        """Raises CannotJudge when nothing is known of it."""
        if self.dossier.process is None:
            raise CannotJudge(f"nothing is known of how one goes live with {self.dossier.provider.title}: there is no "
                              f"contracts/{self.dossier.name}/process.toml.")  # fmt: skip
        return self.dossier.process

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """Every setting: the partner's choice, else the default."""
        defaults = {name: setting.value for name, setting in self.dossier.provider.settings.items()}
        return defaults | dict(self.facts.settings)

    def calendar(self, earliest: date) -> Calendar | None:
        """The calendar from a day on; None where the provider publishes no day of cutover."""
        facts = self.process.calendar
        return calendar_of(facts, self.settings, earliest) if facts else None

    def attested(self, on: date) -> dict[str, str]:
        """Requirement → digest of an attestation on file that is not out of date, the newest by its day.

        Raises:
            BundleRefused: an attestation on file was altered.
        """
        told = sorted(kept_in(self.folder, "attestation").values(), key=lambda s: str(s.predicate.get("shown_on")))
        current = [s for s in told if str(s.predicate.get("last_day") or "9999") >= on.isoformat()]
        return {str(s.predicate.get("requirement")): s.digest for s in current}


def course_of(dossier: Dossier, partner_file: Path | None) -> Course:
    """By the `accredit.toml` named, or the one here."""
    return Course(dossier, partner_facts(partner_file, dossier.provider), statements_folder(partner_file, dossier.name))
