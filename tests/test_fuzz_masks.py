"""What a finding says of an answer tells no value of it, and is the same as long as the same is wrong."""

import pytest

from accredit import Answer
from accredit.evidence.journal import read_segments
from accredit.model.curl import curl
from accredit.model.errors import CannotJudge
from accredit.model.exchange import Exchange
from accredit.model.fuzzing import Books, Round
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.books import Bookkeeper
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from accredit.suite.simulation import load_simulation
from accredit.wire.reply import Reply
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


PIN = "four-seven-one-one"
PARTNER = """[mini.certification]
connect_to = "127.0.0.1:9"
secrets = { client_id = "MINI_ID", client_secret = "MINI_SECRET" }
[mini.certification.roles]
members.reading = { card = "7000000001" }
members.collecting = { card = "7000000002", pin = "env:MINI_PIN" }
"""


@pytest.fixture
def with_a_pin(tmp_path, own_mini, monkeypatch):
    """A run in which credits take a member's secret, which a variable holds; nobody listens."""
    for name in ("MINI_ID", "MINI_SECRET"):
        monkeypatch.setenv(name, f"{name} of mine")
    monkeypatch.setenv("MINI_PIN", PIN)
    rewritten(own_mini, "fuzzing.toml", '"id:credit"', '"member:collecting:pin"')
    (tmp_path / "accredit.toml").write_text(PARTNER)
    choices = Choices(environment="certification", features=False, fuzz="certification", consent="T-1",
                      partner_file=tmp_path / "accredit.toml", output=tmp_path / "out")  # fmt: skip
    live = Live(plan_run(Dossier("mini", own_mini), choices))
    live.begin()
    yield live
    live.end()


def test_a_members_secret_is_drawn_as_a_mark_and_masked_from_then_on(with_a_pin):
    """No case holds it, no text tells it, errors are searched for it, and a curl line names the variable that has it."""
    live, contracts = with_a_pin, Contracts(with_a_pin, 1)
    drawn = next(contracts.fitting("credit").examples("credit"))
    headers, target, body = contracts.filled(drawn)
    with pytest.raises(CannotJudge):
        live.api.deliver("credit", target, headers, body, case=drawn.id, token="a token")
    [sent] = [
        record for segment in read_segments(live.plan.folder) for record in segment if record["kind"] == "exchange"
    ]

    assert PIN.encode() in body
    assert PIN.encode() not in drawn.body
    assert PIN in contracts.secrets
    assert live.mask.text(f"no such pin: {PIN}").startswith("no such pin: [MINI_PIN:")
    assert '"$MINI_PIN"' in curl(Exchange.from_record(sent))


def test_the_books_are_asked_with_what_a_mark_stands_for(with_a_pin, monkeypatch):
    """A look into a member's books sends the secret itself, not its mark."""
    sent = []
    monkeypatch.setattr(with_a_pin.api, "call", lambda *_, **how: sent.append(how) or Reply(500, {}, b"", 1))
    fill = {"header.pin": "member:collecting:pin", "body.a.pin": "member:collecting:pin"}
    books = Books(operation="readMember", fill=fill, field="points", watched=("credit",))
    Bookkeeper(with_a_pin, Contracts(with_a_pin, 1), books).read()

    assert (sent[0]["headers"], sent[0]["json"]) == ({"pin": PIN}, {"a": {"pin": PIN}})


def test_a_variable_that_is_not_set_is_named(with_a_pin, monkeypatch):
    """Nothing is drawn with an empty secret; whoever runs it is told which variable to set."""
    monkeypatch.delenv("MINI_PIN")

    with pytest.raises(CannotJudge, match="MINI_PIN, which is not set"):
        Contracts(with_a_pin, 1).fitting("credit")


def test_why_a_request_was_not_sent_tells_no_secret(with_a_pin, monkeypatch):
    """What kept it back may quote whatever it stumbled over; whoever sends a case again sees that."""

    def stumble(*_, **__):
        raise CannotJudge(f"cannot send {PIN}")

    campaign = Campaign(with_a_pin, with_a_pin.plan.profile, 1)
    drawn = next(campaign.cases(Round("credit", "examples")))
    monkeypatch.setattr(with_a_pin.api, "deliver", stumble)
    monkeypatch.setattr(with_a_pin.api.tokens, "current", lambda _=None: "a token")

    assert campaign.once(drawn).trouble.startswith("cannot send [MINI_PIN:")
