"""What a partner asks a provider for with a bundle in hand, and the words for it in each of the provider's languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit.model.provider import Fact, Provider
from accredit.model.reading import Strict, read
from accredit.model.requirement import Shown

DRAFTED_IN: Shown = "simulator"
"""Where a ticket is a draft only: it shows how it will read, and proves nothing of the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose(Fact):
    """One thing a provider decides upon by evidence: `approval`.

    Attributes:
        environments: A run of one of these has a ticket for it.
        languages: Those the provider's reviewers read, as `es`.
        asks_first: Open questions (`unknown` in provider.toml) that stand before the others, in this order.
        asks_rest: Whether the other open questions are asked too.
    """

    name: str
    environments: tuple[Shown, ...]
    languages: tuple[str, ...]
    asks_first: tuple[str, ...] = ()
    asks_rest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Strict):
    """What a ticket for one purpose says in one language.

    Attributes:
        asks: What the reviewer is asked to do, and what happens next.
        fill_in: What the partner adds by hand, since no run can know it.
        not_shown: What this purpose takes and no bundle shows.
    """

    subject: str
    opening: str
    asks: str
    fill_in: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Strict):
    """A provider's words in one language: chapters by prefix, open questions by name, texts by purpose."""

    chapters: dict[str, str]
    questions: dict[str, str]
    purposes: dict[str, Text]


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Everything that is written to a provider. Empty for a provider that nobody has written to yet."""

    purposes: tuple[Purpose, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)

    def due(self, environment: str) -> tuple[tuple[Purpose, str], ...]:
        """Purpose and language of each ticket that a run of `environment` has."""
        return tuple((p, language) for p in self.purposes if environment in p.environments for language in p.languages)


@dataclass(frozen=True, slots=True)
class Question:
    """Something nobody published: its name, and what is taken to be so meanwhile, setting by setting."""

    name: str
    assumed: tuple[tuple[str, Any], ...]


def open_questions(provider: Provider, answered: Mapping[str, Any], first: tuple[str, ...]) -> tuple[Question, ...]:
    """The provider's open questions, `first` ones first. A setting that the partner put right is no question any more."""
    by_name: dict[str, list[tuple[str, Any]]] = {name: [] for name in first}
    for name, setting in provider.settings.items():
        if setting.unknown and name not in answered:
            by_name.setdefault(setting.unknown, []).append((name, setting.value))
    return tuple(Question(name, tuple(assumed)) for name, assumed in by_name.items() if assumed)


def purposes_from(data: Mapping[str, Any], where: str) -> tuple[Purpose, ...]:
    """The purposes from parsed `purposes.toml`: a table each, named by it."""
    return tuple(read(Purpose, {"name": name, **table}, f"{where}, [{name}]") for name, table in data.items())
