"""The gates of each provider can be passed, by what their requirements can be shown by; and what is wrong with one is told."""

from dataclasses import replace

import pytest

from accredit.model.gate.facts import Gate, Quorum, gate_complaints
from accredit.suite.catalogue import Dossier, provider_names
from tests.conftest import MINI, ROOT

EVERY = [(name, gate) for name in provider_names(ROOT) for gate in Dossier(name, ROOT).gates]
ABOUT = Dossier("mini", MINI)
[GOOD, _] = ABOUT.gates


@pytest.mark.parametrize(("name", "gate"), EVERY, ids=[f"{name}.{gate.name}" for name, gate in EVERY])
def test_whatever_a_gate_asks_for_can_be_shown(name: str, gate: Gate) -> None:
    """By a scenario there, by a person's word, or by the comparison; otherwise nobody could ever pass."""
    for r in gate.asked(Dossier(name, ROOT).register):
        by_scenario = r.verified == "driven" and bool(set(gate.environments) & set(r.environments))
        by_word = r.verified in ("attested", "observed") or bool(r.elsewhere)

        assert by_scenario or by_word or r.id in gate.shown_by_parity or r.level == "should", r.id


@pytest.mark.parametrize(("name", "gate"), EVERY, ids=[f"{name}.{gate.name}" for name, gate in EVERY])
def test_the_readme_names_every_gate(name: str, gate: Gate) -> None:
    """A gate that nobody is told of is not asked."""
    assert f"| `{name}.{gate.name}` |" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (replace(GOOD, requirements=("MI-99",)), "MI-99 is no requirement"),
        (replace(GOOD, chapters=("MX",)), "MX is no chapter"),
        (replace(GOOD, rulebooks={"certification": "nothing"}), "there is no rulebook nothing"),
        (
            replace(GOOD, rulebooks={"production": "going_live"}),
            "a rulebook for production, whose bundles do not count",
        ),
        (replace(GOOD, chapters=()), "nothing is asked for"),
        (replace(GOOD, quorum=()), "nobody has to sign"),
        (replace(GOOD, quorum=(Quorum(role="lead", people=0),)), "nobody has to sign"),
        (replace(GOOD, fresh="evidence.never"), "evidence.never is no setting"),
        (replace(GOOD, parity=True), "parity takes a bundle of certification and one of production"),
        (replace(GOOD, shown_by_parity=("MI-01",)), "parity is not asked for"),
        (replace(GOOD, writes_compared=("credit",)), "writes_compared names operations, and parity is not asked for"),
        (replace(GOOD, writes_compared=("readMember",)), "readMember is no operation that a budget can name"),
    ],
)
def test_a_gate_that_cannot_be_asked_is_told(gate: Gate, says: str) -> None:
    """`accredit lint` says what to put right."""
    assert list(gate_complaints(GOOD, ABOUT.provider, ABOUT.register, {"going_live": ""}, ABOUT.writes)) == []

    assert says in "\n".join(gate_complaints(gate, ABOUT.provider, ABOUT.register, {"going_live": ""}, ABOUT.writes))
