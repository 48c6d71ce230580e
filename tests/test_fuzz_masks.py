"""What a finding says of an answer tells no value of it, and is the same as long as the same is wrong."""

import pytest

from accredit import Answer
from accredit.suite.live import load_simulation
from tests.conftest import MINI
from tests.fuzzing import fuzzed

MEMBER = {"card": "7000000001", "email": "ann@mini.example", "points": 0, "gold": True}


@pytest.fixture
def answering(monkeypatch):
    """`answering(read=…)`: the simulator answers so by that method of its own."""

    def answer(**methods):
        for name, method in methods.items():
            monkeypatch.setattr(load_simulation(MINI, "mini"), name, method)

    return answer


def rewritten(root, file, old, new):
    """Puts something else in a file of the miniature's own copy."""
    path = root / "contracts" / "mini" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_finding_quotes_no_answer(tmp_path):
    """Where and which rule, in our own words: a value shorter than what can be masked would stand there else."""
    finding = fuzzed(tmp_path, "readMember[examples]", defect="counts_in_words").verdict.open[0]

    assert finding.signature == "200:ST108:body.points:type"
    assert finding.message == 'An answer 200 is not as the contract has it: body.points breaks type "integer".'


def test_names_that_are_not_the_contracts_are_values_too(tmp_path, own_mini, answering):
    """What a provider uses as names in an answer, a member's id among them, is not quoted either."""
    rewritten(own_mini, "openapi.yaml", "points: {type: integer, minimum: 0,",
              "points: {type: object, additionalProperties: {type: integer},")  # fmt: skip
    answering(member=lambda self, card: Answer.of_json(200, {**MEMBER, "points": {"4711": "x"}}))
    finding = fuzzed(tmp_path, "readMember[examples]", root=own_mini).verdict.open[0]

    assert finding.signature == "200:ST108:body.points.*:type"
    assert "4711" not in finding.message


@pytest.mark.parametrize(
    ("kind", "signature"), [("7000000001", "200:ST106"), ("Text/7000000001; charset=utf-8", "200:ST105:text/[card]")]
)
def test_a_signature_holds_no_members_data(tmp_path, answering, kind, signature):
    """A content type may be anything: neither what is none nor somebody's data goes into what identifies a finding."""
    answering(member=lambda self, card: Answer.of_text(200, "", kind))
    fuzz = fuzzed(tmp_path, "readMember[examples]")
    finding = fuzz.finding("content_type_conformance")

    assert finding.signature == signature
    assert "7000000001" not in finding.message


def test_an_id_stays_when_another_part_of_the_contract_moves(tmp_path, own_mini):
    """A schema that is given a name of its own elsewhere makes no other finding of the same one."""
    told = "points: {type: integer, minimum: 0, x-provenance: seed, x-source: tests}"
    rewritten(own_mini, "openapi.yaml", told, "points: {$ref: '#/components/schemas/Points'}")
    rewritten(own_mini, "openapi.yaml", "    Credit:\n", f"    {told.replace('points', 'Points')}\n    Credit:\n")
    [before] = fuzzed(tmp_path / "1", "readMember[examples]", root=own_mini, defect="counts_in_words").verdict.open
    mail = "email: {type: string, format: email, x-provenance: seed, x-source: tests}"
    rewritten(own_mini, "openapi.yaml", mail, "email: {$ref: '#/components/schemas/Email'}")
    rewritten(own_mini, "openapi.yaml", "    Credit:\n", f"    {mail.replace('email:', 'Email:')}\n    Credit:\n")
    [after] = fuzzed(tmp_path / "2", "readMember[examples]", root=own_mini, defect="counts_in_words").verdict.open

    assert before.signature == after.signature == "200:ST108:body.points:type"
    assert before.id == after.id
