"""The doorman of Hypothesis: draws one value of a strategy by a seed alone, and remembers nothing of it.

Hypothesis' own engine remembers every case it has seen, and what it draws next depends on them; and it keeps how each value
came about, so as to make it smaller. Here memory stays flat, any case can be drawn again without those before it, and what is
found is made smaller by sending less (see `smaller`); so the choices are made, and forgotten.
"""

import os
import warnings
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.control import BuildContext
from hypothesis.errors import HypothesisException, StopTest, UnsatisfiedAssumption
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.data import MAX_DEPTH, ConjectureData
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy
from hypothesis.strategies._internal.lazy import unwrap_strategies
from hypothesis.strategies._internal.misc import Nothing

T = TypeVar("T")

# Hypothesis keeps tables of Unicode, which take it seconds to make, and would keep them in the working folder. Nothing of a run
# comes to rest there: cases are drawn without its database.
set_hypothesis_home_dir(Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "accredit" / "hypothesis")
# Nor is anything drawn from constants in whatever code happens to be loaded: the same seed would give other cases.
providers._get_local_constants = Constants


def drawn(strategy: SearchStrategy[T], seed: str) -> T | None:
    """The value that a strategy has under this seed; None when it has none."""
    choices = _Choices(random=Random(seed), provider=providers.HypothesisProvider)  # noqa: S311 - chance that can be repeated is what is wanted
    try:
        with warnings.catch_warnings(), BuildContext(choices, wrapped_test=drawn):
            warnings.simplefilter("ignore")
            return choices.draw(strategy)
    except (StopTest, UnsatisfiedAssumption, HypothesisException):
        return None


class _Choices(ConjectureData):
    """Chooses as Hypothesis does, value for value, without a record of it: that takes more than half of the time."""

    def draw(self, strategy: SearchStrategy[T], label: int | None = None, observe_as: str | None = None) -> T:
        told: Any = unwrap_strategies(strategy)  # type: ignore[no-untyped-call]  # Hypothesis types no internals
        if isinstance(told, Nothing):
            self.mark_invalid("there is nothing to draw")
        if self.depth >= MAX_DEPTH:
            self.mark_invalid("too deep")
        self.depth += 1
        try:
            value: T = told.do_draw(self)
            return value
        finally:
            self.depth -= 1

    def start_span(self, label: int) -> None:
        self.depth += 1

    def stop_span(self, *, discard: bool = False) -> None:
        self.depth -= 1

    def _draw(self, choice_type: str, constraints: Any, *, observe: bool, forced: Any) -> Any:
        if self.length == self.max_length:
            self.mark_overrun()
        self.length += 1
        return getattr(self.provider, f"draw_{choice_type}")(**constraints) if forced is None else forced

    def _pooled_constraints(self, choice_type: str, constraints: Any) -> Any:
        return constraints
