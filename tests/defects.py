"""What is asked of every simulator's defects: each shows where it is meant to, and nowhere else."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from accredit.model.requirement import Register

NOTHING = (KeyError, IndexError, ValueError, AssertionError)
"""What looking at a defective simulator may end in."""


class Defects(frozenset[str]):
    """Those that are switched on, and which of all the simulator has asked about."""

    def __init__(self, names: Iterable[str]) -> None:
        self.asked: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


class Built(Protocol):
    """A simulator on the bench."""

    defects: Defects


B = TypeVar("B", bound=Built)
Table = Mapping[str, tuple[Callable[[B], Any], Any, Any]]
"""Defect → what to look at, what is seen without it, what is seen with it."""


def neglected(defects: Mapping[str, str], folder: Path) -> list[str]:
    """Defects that are no sentence, or that no line of the simulator asks for: such a one would change nothing."""
    code = "".join(path.read_text() for path in folder.glob("*.py") if not path.name.endswith("defects.py"))
    return [name for name, sentence in defects.items() if f'"{name}"' not in code or not sentence.endswith(".")]


def shown_elsewhere(table: Table[B], bench: Callable[..., B], register: Register) -> dict[str, set[str]]:
    """Defect → others of the table that look different with it, though another requirement looks there."""
    reddened = {name: register.reddened_by(name) for name in table}
    elsewhere: dict[str, set[str]] = {}
    for other, (look, right, _) in table.items():
        here = bench()
        look(here)
        for defect in here.defects.asked & set(table):  # one that is never asked about cannot change what is seen
            if not reddened[defect] & reddened[other] and _seen(look, bench(defect)) != right:
                elsewhere.setdefault(defect, set()).add(other)
    return elsewhere


def _seen(look: Callable[[B], Any], bench: B) -> Any:
    try:
        return look(bench)
    except NOTHING as nothing:
        return nothing
