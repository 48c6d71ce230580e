"""Whatever is done to a bundle at random is found, and taking things away never makes an answer better."""

import random
from collections.abc import Mapping
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accredit.evidence import archive
from accredit.evidence.keys import load_private
from accredit.evidence.layout import read_layout
from accredit.evidence.verify import verify
from accredit.model.reply import Reply
from accredit.model.verdict import Answer
from tests.bundles import Good, zipped
from tests.tampering import TAMPERINGS

_quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_WORST_FIRST = (Reply.NO, Reply.UNKNOWN, Reply.YES)
_VERDICTS = (None, Answer.FAILED, Answer.UNKNOWN, Answer.PASSED)


@pytest.fixture(scope="module")
def good(sealed):
    with archive.opened(sealed.bundle) as bundle:
        files = {name: bundle.read(name) for name in bundle.names}
    return Good(files, sealed.bundle.read_bytes(), load_private(sealed.output.parent / "signing.key"))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("tampered") / "b.zip"


def _verified(data: bytes, place, good):
    place.write_bytes(data)
    return verify(place, good.key.public_key())


@pytest.mark.parametrize("tampering", TAMPERINGS)
@_quick
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_is_found(tampering, seed, good, place):
    """One answer at least is no; `make bench` does it ten thousand times."""
    assert Reply.NO in {check.reply for check in _verified(tampering(good, random.Random(seed)), place, good).checks}


def test_each_byte_of_the_zip_outside_of_files_matters(good, place):
    """Every byte of headers, directory and end, one by one: those a random flip seldom hits."""
    for number in _places_outside(good):
        data = bytearray(good.zip)
        data[number] ^= 1
        assert _verified(bytes(data), place, good).checks[0].reply is Reply.NO, number


@settings(_quick, max_examples=60)
@given(data=st.data())
def test_removing_files_never_improves_an_answer(data, good, place):
    """Any set of files taken out, with or without the manifest being signed anew: no answer gets better, nor the verdict."""
    gone = data.draw(st.sets(st.sampled_from(sorted(good.files)), min_size=1))
    kept = {name: content for name, content in good.files.items() if name not in gone}
    before, after = _answers(_verified(good.zip, place, good)), _answers(_verified(zipped(kept), place, good))
    again = _answers(_verified(Good({**kept, "manifest.json": good.files["manifest.json"]}, b"", good.key).sealed({}), place, good))  # fmt: skip

    assert _no_better(after, before)
    assert after["intact"] == 0
    assert _no_better(again, before)


@settings(_quick, max_examples=150)
@given(data=st.data())
def test_removing_records_never_improves_an_answer(data, good, place):
    """Any set of records taken out by the partner, who chains and signs anew: what cannot be seen makes no answer better, and of a
    run that failed none passes."""
    records = good.records
    worse = [
        {**r, "outcome": "failed"} if r["kind"] == "finding" and r["requirement"] == "MI-03" else r for r in records
    ]
    gone = data.draw(st.sets(st.integers(0, len(records) - 1), min_size=1, max_size=6))
    told, less = (good.recorded(r for n, r in enumerate(worse) if n not in some) for some in (set(), gone))

    before, after = _verified(told, place, good), _verified(less, place, good)
    assert before.verdict is not None
    assert before.verdict.answer is Answer.FAILED
    improved = after.verdict is not None and after.verdict.answer is Answer.PASSED
    assert not improved or _answers(after)["complete"] == 0
    assert _no_better({**_answers(after), "verdict": 0}, {**_answers(before), "re-judged": 2, "verdict": 0})


def _places_outside(good: Good) -> list[int]:
    """Every place of the zip that lies in no file."""
    inside: set[int] = set()
    for entry in read_layout(BytesIO(good.zip)):
        inside.update(range(entry.start, entry.end))
    return sorted(set(range(len(good.zip))) - inside)


def _answers(found) -> Mapping[str, int]:
    replies = {check.question: _WORST_FIRST.index(check.reply) for check in found.checks}
    return {**replies, "verdict": _VERDICTS.index(found.verdict.answer if found.verdict else None)}


def _no_better(after: Mapping[str, int], before: Mapping[str, int]) -> bool:
    return all(after.get(question, 0) <= reply for question, reply in before.items())
