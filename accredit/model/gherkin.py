"""The doorman of Gherkin: what a feature file declares, by the official parser, whoever may fail to collect it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser

from accredit.model.errors import UsageError
from accredit.model.scenario import Scenario, is_requirement_id, scenario_id


@dataclass(frozen=True, slots=True)
class Declared:
    """A scenario as it stands in its file.

    Attributes:
        rows: The example rows of an outline; None for a plain scenario.
        steps: Keyword type (`Context`, `Action`, `Outcome`, `Conjunction`) and text, as written.
    """

    feature: str
    name: str
    line: int
    tags: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] | None
    columns: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = field(default=())

    @property
    def place(self) -> str:
        """`features/latam_pass/accrual.feature:12`."""
        return f"features/{self.feature}.feature:{self.line}"

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """One for each row, or the one."""
        ids = tuple(tag for tag in self.tags if is_requirement_id(tag))
        rest = frozenset(self.tags) - set(ids)
        return tuple(
            Scenario(scenario_id(self.feature, self.name, row), ids, rest)
            for row in (self.rows if self.rows is not None else ((),))
        )


def declared_by(text: str, feature: str) -> Iterator[Declared]:
    """Every scenario of a feature file.

    Args:
        feature: Its path below `features/`, without `.feature`.

    Raises:
        UsageError: it is not Gherkin; says where.
    """
    told = _parsed(text, f"features/{feature}.feature")
    yield from _children(told, feature, _tags(told), ())


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of a rulebook: what must hold of a bundle, the rule it stands under, and its line in the file."""

    text: str
    rule: str
    line: int


def sentences_of(text: str, where: str) -> list[Sentence]:
    """Every sentence of a rulebook, in its order: the steps of its scenarios.

    Args:
        where: What the text is of, for whoever reads the error.

    Raises:
        UsageError: it is not Gherkin, or has no sentence.
    """
    found = list(_sentences(_parsed(text, where).get("children", ()), ""))
    if not found:
        raise UsageError(f"{where} says nothing of a bundle, so every bundle would do; write a rule.")
    return found


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    """The feature that a file holds; empty when it holds none."""
    try:
        document = Parser().parse(text)
    except (ParserException, CompositeParserException) as wrong:
        raise UsageError(f"{where} is not Gherkin: {wrong}") from None
    told: Mapping[str, Any] = document.get("feature") or {}
    return told


def _sentences(children: Sequence[Mapping[str, Any]], rule: str) -> Iterator[Sentence]:
    for child in children:
        if "rule" in child:
            yield from _sentences(child["rule"]["children"], child["rule"]["name"])
        else:
            told = child.get("scenario") or child.get("background")
            yield from (
                Sentence(step["text"], rule, step["location"]["line"]) for step in (told or {}).get("steps", ())
            )


def _children(
    parent: Mapping[str, Any], feature: str, tags: tuple[str, ...], background: tuple[tuple[str, str], ...]
) -> Iterator[Declared]:
    for child in parent.get("children", ()):
        if "background" in child:
            background = (*background, *_steps(child["background"]))
        elif "rule" in child:
            yield from _children(child["rule"], feature, tags + _tags(child["rule"]), background)
        else:
            yield _declared(child["scenario"], feature, tags, background)


def _declared(
    told: Mapping[str, Any], feature: str, tags: tuple[str, ...], background: tuple[tuple[str, str], ...]
) -> Declared:
    tables = told["examples"]
    rows = tuple(tuple(cell["value"] for cell in row["cells"]) for table in tables for row in table["tableBody"])
    columns = tuple(
        cell["value"] for table in tables[:1] if table.get("tableHeader") for cell in table["tableHeader"]["cells"]
    )
    return Declared(feature, told["name"], told["location"]["line"], tags + _tags(told), rows if tables else None, columns,
                    background + _steps(told))  # fmt: skip


def _steps(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((step["keywordType"], step["text"]) for step in told["steps"])


def _tags(told: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(tag["name"].removeprefix("@") for tag in told.get("tags", ()))
