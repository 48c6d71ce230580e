"""What a provider asks a partner to show: the register of requirements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accredit.model.errors import UsageError
from accredit.model.provider import Chapter, Provenance
from accredit.model.reading import Strict, read

ENVIRONMENTS = ("simulator", "certification", "production")
Verified = Literal["driven", "observed", "fuzz", "attested", "not_tested"]
Shown = Literal["simulator", "certification", "production"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Strict):
    """One thing the partner must show.

    Attributes:
        verified: `driven` (we send the traffic), `observed` (the partner's own client sends it), `fuzz`, `attested`
            (a named person shows it) or `not_tested`.
        production: What production may do with it: `no_call` needs no request at all.
        environments: Where a scenario of ours shows it. Empty unless driven.
        elsewhere: How it is shown in the environments that no scenario of ours reaches.
        needs: Capabilities the partner must claim; without them the requirement is not applicable.
        defects: Simulator defects that must turn it red, each one alone.
        reason: Why no scenario drives it, and who shows it how.
    """

    id: str
    title: str
    why: str
    level: Literal["must", "should"]
    kind: tuple[Literal["technical", "commercial", "security", "operational"], ...]
    source: str
    provenance: Provenance
    verified: Verified
    production: Literal["read_only", "writes", "never", "no_call"]
    evidence: str
    environments: tuple[Shown, ...] = ()
    elsewhere: Literal["", "observed", "attested"] = ""
    needs: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Every requirement of one provider, in the provider's own order."""

    requirements: tuple[Requirement, ...]

    def __getitem__(self, wanted: str) -> Requirement:
        for requirement in self.requirements:
            if requirement.id == wanted:
                return requirement
        raise UsageError(f"{wanted}: no such requirement; `accredit requirements` lists them all.")

    def __contains__(self, wanted: object) -> bool:
        return any(requirement.id == wanted for requirement in self.requirements)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(requirement.id for requirement in self.requirements)

    @property
    def driven(self) -> tuple[Requirement, ...]:
        return tuple(requirement for requirement in self.requirements if requirement.verified == "driven")

    def reddened_by(self, defect: str) -> frozenset[str]:
        """Ids of the requirements that this defect must turn red."""
        return frozenset(requirement.id for requirement in self.requirements if defect in requirement.defects)

    def in_chapters(self, chapters: Iterable[Chapter]) -> list[tuple[Chapter, list[Requirement]]]:
        """Every requirement in one chapter, that of the longest prefix; those of none come last, in one without a prefix."""
        told = list(chapters)
        prefixes = sorted((chapter.prefix for chapter in told), key=len, reverse=True)
        home = {r.id: next((p for p in prefixes if r.id.startswith(f"{p}-")), "") for r in self.requirements}
        if "" in home.values():
            told.append(Chapter(prefix="", title="Other"))
        return [(chapter, [r for r in self.requirements if home[r.id] == chapter.prefix]) for chapter in told]


def register_from(data: Mapping[str, Mapping[str, Any]], where: str) -> Register:
    """The register from parsed `requirements.toml`: a table for each requirement, named by its id."""
    return Register(tuple(read(Requirement, {"id": id_, **table}, f"{where}, [{id_}]") for id_, table in data.items()))
