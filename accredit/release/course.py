"""What a partner's way to going live rests on: the provider's process, the partner's settings, and what is on record of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from accredit.evidence.keys import load_private, load_public, public_path
from accredit.evidence.statements import kept_in
from accredit.evidence.voices import voice
from accredit.model.calendar import Calendar
from accredit.model.errors import CannotJudge
from accredit.model.keys import PublicKey
from accredit.model.partner import PartnerFacts
from accredit.model.process import Process
from accredit.model.statement import Attestation, Person
from accredit.model.voice import Voice, why_not_attested
from accredit.release.days import calendar_of
from accredit.release.voices import documents_in
from accredit.suite.catalogue import Dossier, partner_facts, signing_key, statements_folder
from accredit.suite.people import people

LOG = "process.jsonl"


@dataclass(frozen=True)
class Course:
    """One partner's with one provider.

    Attributes:
        folder: Where their statements are kept.
        known: Everybody whose word counts.
        trusted: The key that bundles should be signed with, or its id; None when nobody named one, and then no bundle counts.
    """

    dossier: Dossier
    facts: PartnerFacts
    folder: Path
    known: Mapping[str, Person] = field(default_factory=dict)
    trusted: PublicKey | str | None = None

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
        """Requirement → digest of an attestation that counts on that day, the newest by its day.

        Raises:
            BundleRefused: an attestation on file was altered.
        """
        good = [word for word, fault in self._words(on) if not fault]
        return {word.said.requirement: word.digest for word in sorted(good, key=lambda w: (w.said.shown_on, w.digest))}

    def why_not_attested(self, requirement: str, on: date) -> str:
        """Why what is on file of a requirement does not count; empty when nothing is."""
        told = (
            f"{word.file} does not count: {fault}"
            for word, fault in self._words(on)
            if fault and word.said.requirement == requirement
        )
        return "; ".join(told)

    def _words(self, on: date) -> Iterator[tuple[Voice[Attestation], str]]:
        """Every attestation on file, and why it does not count; empty when it does."""
        for path, statement in kept_in(self.folder, "attestation").items():
            word = voice(path.name, statement, Attestation, self.known.values())
            yield word, self._fault(word, on)

    def _fault(self, word: Voice[Attestation], on: date) -> str:
        asked = next((r for r in self.dossier.register.requirements if r.id == word.said.requirement), None)
        return why_not_attested(word, self.dossier.name, asked, on, documents_in(self.folder))


def course_of(dossier: Dossier, partner_file: Path | None, trusted: PublicKey | str | None = None) -> Course:
    """By the `accredit.toml` named, or the one here.

    Args:
        trusted: The key that bundles should be signed with, or its id; the one that accredit.toml seals with when not named.
    """
    facts, folder = partner_facts(partner_file, dossier.provider), statements_folder(partner_file, dossier.name)
    return Course(dossier, facts, folder, people(partner_file, dossier.root), trusted or _own_key(partner_file))


def _own_key(partner_file: Path | None) -> PublicKey | None:
    """None when accredit.toml names none, or it lies on another machine."""
    if (private := signing_key(partner_file)) is None:
        return None
    if private.is_file():
        return load_private(private).public_key()
    return load_public(public) if (public := public_path(private)).is_file() else None
