"""Whatever lies on a gate's table: taking something away never makes the answer better, also when all sign again without it. Pure, over
many tables made at random."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from accredit.model.finding import Outcome
from accredit.model.gate.decide import decide
from accredit.model.gate.facts import Gate, Quorum
from accredit.model.gate.laid import Came, Laid, Told
from accredit.model.gate.rows import Row
from accredit.model.gate.table import Compared, Table
from accredit.model.reply import Reply
from accredit.model.requirement import Register, Requirement
from accredit.model.statement import Attestation, Person, SignOff, Waiver
from accredit.model.voice import Voice
from accredit.suite.catalogue import Dossier
from tests.conftest import MINI

TODAY = date(2026, 11, 21)
ADA, BOB = Person(name="Ada", roles=("lead",), key="a"), Person(name="Bob", roles=("release-manager",), key="b")
GATE = Gate(name="g", title="t", source="s", provenance="seed", environments=("certification", "production"), chapters=("MI",),
            parity=True, writes_compared=("credit",),
            later={"MI-03": "later"}, quorum=(Quorum(role="lead"), Quorum(role="release-manager")))  # fmt: skip
REGISTER = Dossier("mini", MINI).register
FIELDS = ("laid", "attestations", "waivers", "sign_offs", "compared")
VERIFIED = tuple(Told(question, Reply.YES, "") for question in ("intact", "authentic", "complete", "re-judged"))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _bundle(name: str, environment: str, chance: random.Random) -> Laid:
    """Mostly in order."""
    made = datetime(2026, 11, chance.randint(18, 20), tzinfo=UTC)
    outcomes = {r.id: chance.choices((Outcome.PASSED, Outcome.FAILED, Outcome.CANNOT_JUDGE), (9, 2, 1))[0]
                for r in REGISTER.requirements if environment in r.environments}  # fmt: skip
    came = {id_: Came(found, chance.random() < 0.9, "") for id_, found in outcomes.items()}
    odd = chance.choices(({}, {"fuzz_failed": True}, {"reasons": ("x",), "lasting": ("x",)}), (18, 1, 1))[0]
    return Laid(
        name,
        _digest(name),
        "",
        VERIFIED,
        "mini",
        environment,
        name,
        made,
        environment,
        chance.random() < 0.95,
        "p",
        "1",
        chance.choices((frozenset({"gold"}), frozenset[str]()), (9, 1))[0],
        came,
        held=(Told("all is well", Reply.YES, ""),),
        **odd,
    )


def _table(chance: random.Random) -> Table:
    places = ["certification", "production", *chance.sample(["certification", "production"], chance.randint(0, 2))]
    laid = tuple(_bundle(f"{place}-{number}.zip", place, chance) for number, place in enumerate(places))
    whose = lambda: chance.choices((ADA, None), (9, 1))[0]  # noqa: E731 - a draw, said in one line where it is used
    words = tuple(
        Voice(f"a{n}", _digest(f"a{n}"), {"page": "0" * 64}, Attestation(provider="mini", requirement="MI-04", by="Ada", says="",
              shown_on=TODAY - timedelta(chance.randint(-1, 9))), "a", whose())
        for n in range(chance.randint(0, 2))
    )  # fmt: skip
    waivers = tuple(
        Voice(f"w{n}", _digest(f"w{n}"), {}, Waiver(provider="mini", requirement=chance.choice(("MI-01", "MI-02")), environment="certification",
              reason="", approver="Ada", ticket="T", made_on=TODAY - timedelta(2), last_day=TODAY + timedelta(chance.randint(-1, 9))), "a", whose())
        for n in range(chance.choices((0, 1, 2), (4, 3, 1))[0])
    )  # fmt: skip
    newest = {
        place: max((b for b in laid if b.environment == place), key=lambda b: b.started_at)
        for place in ("certification", "production")
    }
    pair = (newest["certification"].digest, newest["production"].digest)
    answer, writes = chance.choices(("same", "different"), (9, 1))[0], chance.choices((("credit",), ()), (9, 1))[0]
    compared = (Compared("c", _digest("c"), pair, answer, (), "", "", writes),)
    return Table(GATE, "mini", REGISTER, laid, TODAY, 30, 30, "p", "1", words, waivers, (), compared)


def _signed(table: Table) -> Table:
    """By both, over all of it."""
    subject = {name: digest for digest, name in table.on_it.items()}
    at = datetime(2026, 11, 20, tzinfo=UTC)
    said = [SignOff(provider="mini", purpose="mini.g", role=p.roles[0], by=p.name, at=at) for p in (ADA, BOB)]
    offs = tuple(Voice(s.by, _digest(s.by), subject, s, p.key, p) for s, p in zip(said, (ADA, BOB), strict=True))
    return replace(table, sign_offs=offs)


def _smaller(table: Table) -> Iterator[Table]:
    """Everything that is left when something is taken away, in every combination."""
    parts = [(field, one) for field in FIELDS for one in getattr(table, field)]
    for count in range(len(parts)):
        for left in combinations(parts, count):
            yield replace(
                table, **{field: tuple(one for f, one in left if f == field) for field in {f for f, _ in parts}}
            )


@pytest.mark.parametrize("seed", range(25))
def test_nothing_that_is_taken_away_makes_it_yes(seed: int) -> None:
    """Of tables that were signed as they lay: in every part of one the answer is not yes, unless what is gone bore nothing."""
    table = _signed(_table(random.Random(seed)))
    bearing = (set(table.on_it) - set(table.asked_by)) | {off.digest for off in table.sign_offs}

    for smaller in _smaller(table):
        left = {one.digest for field in FIELDS for one in getattr(smaller, field)}
        if bearing - left:
            assert decide(smaller).answer is not Reply.YES


def _lacks(table: Table) -> bool:
    """Whether something is not there that a yes takes, whatever else is."""
    there = {place: [b for b in table.laid if b.is_real and b.environment == place] for place in GATE.environments}
    if not all(there.values()) or any(b.fuzz_failed or b.lasting for place in there for b in there[place]):
        return True
    pair = tuple(_newest(there[place]).digest for place in GATE.environments)
    word = any(a.person is ADA and a.said.shown_on <= TODAY for a in table.attestations)
    return not word or not any(c.bundles == pair and c.answer == "same" and c.writes for c in table.compared)


def _newest(bundles: list[Laid]) -> Laid:
    return max(bundles, key=lambda b: (b.started_at, b.run))


@pytest.mark.parametrize("seed", range(25))
def test_signed_again_a_smaller_table_shows_no_more(seed: int) -> None:
    """Without the voided signatures: no yes where something is lacking, and no row that a missing word, waiver or comparison makes
    yes. What is yes without a bundle, that bundle was against, or claimed."""
    table = _table(random.Random(seed))
    before = {(r.about, r.subject, r.question): r.reply for r in decide(table).rows if r.about != "waiver"}

    for smaller in _smaller(table):
        signed = decide(_signed(smaller))
        gone = [b for b in table.laid if b not in smaller.laid]
        good = [
            r
            for r in signed.rows
            if r.reply is Reply.YES and before.get((r.about, r.subject, r.question), r.reply) is not r.reply
        ]

        assert signed.answer is not Reply.YES or not _lacks(smaller)
        assert all(r.about == "sign-off" or any(_is_against(b, r) for b in gone) for r in good)


def _is_against(bundle: Laid, row: Row) -> bool:
    came = bundle.came.get(row.subject)
    return (
        row.about in ("bundle", "parity")
        or bool(bundle.capabilities and REGISTER[row.subject].needs)
        or (came is not None and came.outcome is not Outcome.PASSED)
    )


def test_some_of_these_tables_are_yes() -> None:
    """Otherwise the test above would show nothing; unsigned, none of them is."""
    tables = [_table(random.Random(seed)) for seed in range(40)]

    answers = [decide(_signed(table)).answer for table in tables]

    assert {Reply.YES, Reply.NO} <= set(answers)
    assert all(decide(table).answer is not Reply.YES for table in tables)


def test_what_is_open_is_unknown_whatever_else_is_shown() -> None:
    """A gate that asks for what nothing shows is never yes."""
    lonely = Requirement(id="XX-01", title="t", why="w", level="must", kind=("technical",), source="s", provenance="seed", verified="not_tested",
                         production="no_call", evidence="e")  # fmt: skip
    gate = replace(GATE, chapters=(), requirements=("XX-01",), parity=False, writes_compared=())
    table = replace(_table(random.Random(1)), gate=gate, register=Register((lonely,)))

    assert decide(table).answer is not Reply.YES
