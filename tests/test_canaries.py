"""Canaries: what nobody ever had, planted in every run of a simulator under each name that is declared secret or personal."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from accredit.model.provider import Masking
from accredit.model.simulation import Canaries
from accredit.suite.catalogue import Dossier, provider_names
from accredit.wire.hidden import ABSENT, UNPLANTED, Search, Values
from tests.conftest import ROOT, accredit

MOST = 6
"""Requirements, a few of each topic."""


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_every_declared_name_has_a_canary_or_a_reason(name: str, tmp_path: Path):
    """Nothing that came over the wire under a declared name went unplanted; what cannot be told from chance says why."""
    dossier = Dossier(name, ROOT)
    driven = [r.id for r in dossier.register.driven]
    only = [part for id_ in driven[:: max(1, len(driven) // MOST)] for part in ("--only", id_)]
    ended = accredit("run", name, "--no-fuzz", *only, "--output", tmp_path / "out")
    [folder] = (path for path in (tmp_path / "out").iterdir() if path.is_dir())
    canaries = json.loads((folder / "leak-scan.json").read_bytes())["canaries"]
    masking = dossier.provider.masking

    assert ended.returncode in (0, 3), ended.stderr
    assert set(masking.personal + masking.secret) <= {*canaries["planted"], *canaries["not_planted"]}
    assert UNPLANTED not in canaries["not_planted"].values(), canaries["not_planted"]
    assert canaries["met_by_the_mask"] > 1


def test_a_canary_is_shaped_like_what_it_stands_for():
    """Letters for letters, digits for digits, a day for a day, the domain of an address kept; the same as long as the run lasts."""
    canaries = Canaries(Random(7))
    email, number = canaries.like("email", "ana.Prova@example.test"), canaries.like("number", "AB-9000")
    born = date.fromisoformat(canaries.like("born", "1980-01-15"))

    assert email.endswith("@example.test")
    assert email != "ana.Prova@example.test"
    assert (number[:2].isupper(), number[2], number[3:].isdigit()) == (True, "-", True)
    assert date(1940, 1, 1) <= born < date(2000, 1, 1)
    assert canaries.like("email", "ana.Prova@example.test") == email
    assert Canaries(Random(8)).like("email", "ana.Prova@example.test") != email
    assert Canaries().like("born", "1980-01-15") == "1980-01-15"


def test_a_canary_stands_under_every_name_that_it_was_planted_under():
    canaries = Canaries()
    canaries.mark("ffn", "90000000101")
    canaries.mark("document.number", "90000000101", "documents.number")

    assert canaries.planted == {"90000000101": ("ffn", "document.number", "documents.number")}


def test_a_name_without_a_canary_says_why():
    """Excused by whoever made the values up; never met; or met, which is a gap."""
    masking = Masking(
        personal=("gender", "ffn", "person.name"), secret=("id_token",), source="tests", provenance="inferred"
    )
    learned = {"Ana Prova": "[person.name:1f3a9c20]", "90000000101": "[ffn:2f3a9c20]"}
    known = Values(learned, canaries={"90000000101": ["ffn"]}, excused={"gender": "one letter"})

    assert Search([known], masking).sought.bare == {
        "gender": "one letter",
        "person.name": UNPLANTED,
        "id_token": ABSENT,
    }


def test_what_one_process_knows_is_told_to_another_whole():
    known = Values({"a": "[b:1]"}, frozenset({"a"}), {"a": ["b", "c"]}, {"d": "why"}, "journal.gw0.jsonl", {"a": 3})

    assert Values.unpacked(known.packed()) == known
