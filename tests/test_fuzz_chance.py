"""Choosing without remembering: the same values as Hypothesis draws itself."""

from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.control import BuildContext
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.data import ConjectureData

from accredit.suite.fuzzing import chance

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
STRATEGIES = {
    "json": JSON,
    "pattern": st.from_regex(r"\A[A-Z]{2,6}-\d{3}\Z"),
    "filtered": st.integers().filter(lambda n: n % 3 == 0),
    "optional fields": st.fixed_dictionaries({"a": st.text()}, optional={"b": JSON}),
    "distinct": st.lists(st.integers(0, 9), unique=True),
    "built on the way": st.integers(0, 5).flatmap(lambda size: st.lists(st.binary(), min_size=size, max_size=size)),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_value_is_the_one_hypothesis_draws(name: str) -> None:
    strategy = STRATEGIES[name]
    seeds = [f"seed {number}" for number in range(40)]

    assert [chance.drawn(strategy, seed) for seed in seeds] == [_drawn_by_hypothesis(strategy, seed) for seed in seeds]


@pytest.mark.parametrize(
    "strategy", [st.nothing(), st.tuples(st.text(), st.nothing()), st.integers().filter(lambda _: False)]
)
def test_where_there_is_nothing_to_draw_nothing_is_drawn(strategy: st.SearchStrategy[object]) -> None:
    assert chance.drawn(strategy, "any") is None


def _drawn_by_hypothesis(strategy: st.SearchStrategy[object], seed: str) -> object:
    data = ConjectureData(random=Random(seed), provider=providers.HypothesisProvider)
    try:
        with BuildContext(data, wrapped_test=chance.drawn):
            return data.draw(strategy)
    except StopTest:
        return None
