"""Reads feature files with the official parser, apart from pytest-bdd: what is declared, whoever may fail to collect it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser

from accredit.model.errors import UsageError
from accredit.model.requirement import Register
from accredit.model.scenario import SIMULATOR_ONLY, Scenario, is_requirement_id, scenario_id


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


def declared_in(folder: Path) -> list[Declared]:
    """Every scenario below `features/<provider>`.

    Raises:
        UsageError: a file is not Gherkin; says where.
    """
    return [d for path in sorted(folder.rglob("*.feature")) for d in _in_file(path, folder.parent)]


def unusable(declared: Sequence[Declared]) -> Iterator[str]:
    """What pytest-bdd would run otherwise than it is written, or not at all, without a word."""
    for (_, name), count in Counter((d.feature.partition("/")[0], d.name) for d in declared).items():
        if count > 1:
            yield f"{name!r}: {count} scenarios have this name; pytest-bdd would run one and forget the rest"
    for d in declared:
        if d.rows == ():
            yield f"{d.place}: has Examples without a row, so nothing sensible would run; add one"
        if d.rows and len(set(d.rows)) != len(d.rows):
            yield f"{d.place}: has two equal rows of Examples; remove one"


def unknown_tags(declared: Sequence[Declared], register: Register) -> Iterator[str]:
    """Tags that mean nothing: every tag is a requirement of the register, or @simulator."""
    for d in declared:
        for tag in d.tags:
            if is_requirement_id(tag) and tag not in register:
                yield f"{d.place}: @{tag} is in no register; correct the tag, or add the requirement"
            elif not is_requirement_id(tag) and tag != SIMULATOR_ONLY:
                yield f"{d.place}: @{tag} is an unknown tag; there are requirement ids and @{SIMULATOR_ONLY}"


def _in_file(path: Path, features: Path) -> Iterator[Declared]:
    try:
        document = Parser().parse(path.read_text(encoding="utf-8"))
    except (ParserException, CompositeParserException) as wrong:
        raise UsageError(f"{path} is not Gherkin: {wrong}") from None
    feature: Mapping[str, Any] = document.get("feature") or {}
    yield from _children(feature, path.relative_to(features).with_suffix("").as_posix(), _tags(feature), ())


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
