"""Reads feature files apart from pytest-bdd: what is declared, and what of it pytest-bdd would run otherwise than it is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from accredit.model.gherkin import Declared, declared_by
from accredit.model.requirement import Register
from accredit.model.scenario import SIMULATOR_ONLY, is_requirement_id


def declared_in(folder: Path) -> list[Declared]:
    """Every scenario below `features/<provider>`.

    Raises:
        UsageError: a file is not Gherkin; says where.
    """
    return [
        declared
        for path in sorted(folder.rglob("*.feature"))
        for declared in declared_by(
            path.read_text(encoding="utf-8"), path.relative_to(folder.parent).with_suffix("").as_posix()
        )
    ]


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
