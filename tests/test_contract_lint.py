"""The lint of contracts: each rule is tried on a contract wrong in that one way, and ours are sound."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from accredit.model.origin import facts_of
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.contract_lint import complaints
from tests.conftest import MINI, ROOT, accredit

Suite = dict[str, Any]

CONTRACT = """
openapi: 3.1.0
info: {title: Mini Miles, version: "1"}
paths:
  /token:
    post:
      operationId: requestToken
      x-effect: token
      x-provenance: seed
      x-source: tests
      responses: {"200": {description: a token, x-provenance: seed, x-source: tests}}
  /members/{card}:
    get:
      operationId: readMember
      x-effect: reads
      x-provenance: seed
      x-source: tests
      parameters:
      - {name: card, in: path, required: true, schema: {type: string, x-provenance: seed, x-source: tests}, x-provenance: seed, x-source: tests}
      responses:
        "200":
          description: the member
          x-provenance: seed
          x-source: tests
          headers: {X-Trace: {schema: {type: string, x-provenance: seed, x-source: tests}, x-provenance: seed, x-source: tests}}
          content:
            application/json: {schema: {$ref: "#/components/schemas/Member"}, example: {card: c-1, points: 5}}
  /credits:
    post:
      operationId: credit
      x-effect: writes
      x-provenance: seed
      x-source: tests
      responses: {"202": {description: taken, x-provenance: seed, x-source: tests}}
components:
  schemas:
    Member:
      type: object
      required: [card]
      properties:
        card: {type: string, x-provenance: seed, x-source: tests}
        points: {type: integer, description: "Inferred: a member has some.", x-provenance: inferred, x-source: tests}
        born: {type: string, format: date, x-provenance: seed, x-source: tests}
      examples: [{card: c-1, born: "1990-02-28"}]
      x-provenance: seed
      x-source: tests
"""
RECORD = 'requestToken = "POST /token"\nreadMember = "GET /members/{card}"\ncredit = "POST /credits"\n'


@pytest.fixture
def lint(own_mini: Path) -> Callable[..., list[str]]:
    """Complaints on the miniature programme under a contract that is sound but for one edit, a record, and steps."""

    def run(edit: Callable[[Suite], object] = lambda d: None, *, record: str = RECORD, steps: str = "") -> list[str]:
        document = yaml.safe_load(CONTRACT)
        edit(document)
        folder = own_mini / "contracts" / "mini"
        (folder / "openapi.yaml").write_text(yaml.safe_dump(document))
        (folder / "operations.toml").write_text(record)
        with (own_mini / "steps" / "mini.py").open("a") as file:
            file.write(steps)
        return complaints(Dossier("mini", own_mini))

    return run


def _member(d: Suite) -> dict[str, Any]:
    found: dict[str, Any] = d["components"]["schemas"]["Member"]
    return found


def _read(d: Suite) -> dict[str, Any]:
    found: dict[str, Any] = d["paths"]["/members/{card}"]["get"]
    return found


def _rename(d: Suite) -> None:
    d["paths"]["/credits"]["post"]["operationId"] = "creditPoints"


def _unused(d: Suite, **more: Any) -> None:
    told = {"200": {"description": "x", "x-provenance": "seed", "x-source": "tests"}}
    d["paths"]["/new"] = {
        "get": {
            "operationId": "readNew",
            "x-effect": "reads",
            "x-provenance": "seed",
            "x-source": "tests",
            "responses": told,
            **more,
        }
    }


def test_a_sound_contract_has_no_complaint(lint):
    """Neither the one that the other tests make wrong, nor the miniature programme's own."""
    assert lint() == []
    assert complaints(Dossier("mini", MINI)) == []


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda d: d["info"].pop("title"), "#/info: \"title\" is a required property"),
        (lambda d: d.update(openapi="2.0"), "is written by OpenAPI 2.0"),
        (lambda d: d["paths"].update({"/x": 7}), "openapi.yaml "),
        (lambda d: _member(d).update(type="strange"), "'strange' is not valid"),
        (lambda d: _member(d)["properties"].update(card={"$ref": "#/components/schemas/None"}), "cannot be read as OpenAPI"),
        (lambda d: _member(d)["properties"].update(card={"$ref": "https://x.example/card.json"}), "refers to https://x.example/card.json, outside itself"),
        (lambda d: _read(d).pop("parameters"), "Path parameter 'card'"),
        (lambda d: _member(d).pop("x-provenance"), "#/components/schemas/Member: has no x-provenance"),
        (lambda d: _member(d).update({"x-provenance": "guessed"}), "#/components/schemas/Member: has no x-provenance"),
        (lambda d: _member(d)["properties"]["card"].pop("x-source"), "#/components/schemas/Member/properties/card: has no x-source"),
        (lambda d: _member(d)["properties"]["points"].pop("description"), "Member/properties/points: is inferred and does not say why"),
        (lambda d: _member(d)["properties"].update(deep={"type": "array", "x-provenance": "seed", "x-source": "t", "items": {"type": "string"}}),
         "Member/properties/deep/items: has no x-provenance"),
        (lambda d: _read(d)["parameters"][0].pop("x-provenance"), "#/paths/~1members~1{card}/get/parameters/0: has no x-provenance"),
        (lambda d: _read(d)["parameters"][0]["schema"].pop("x-source"), "get/parameters/0/schema: has no x-source"),
        (lambda d: _read(d)["responses"]["200"].pop("x-source"), "get/responses/200: has no x-source"),
        (lambda d: _read(d)["responses"]["200"]["headers"]["X-Trace"].pop("x-source"), "responses/200/headers/X-Trace: has no x-source"),
        (lambda d: _read(d).pop("x-source"), "#/paths/~1members~1{card}/get: has no x-source"),
        (lambda d: _member(d).update(examples=[{"card": 7}]), "Member/examples/0: does not fit its schema, the body: card: is no string"),
        (lambda d: _member(d).update(examples=[{"card": "c", "born": "1990-02-31"}]), "Member/examples/0: does not fit its schema, the body: born: is no date"),
        (lambda d: _member(d)["properties"]["card"].update(example=7), "Member/properties/card/example: does not fit"),
        (lambda d: _read(d)["responses"]["200"]["content"]["application/json"].update(example={}), "application~1json/example: does not fit"),
        (lambda d: _read(d)["parameters"][0].update(examples={"one": {"value": 7}}), "parameters/0/examples/one: does not fit"),
        (_unused, "no step uses readNew; write a scenario that does, or give the reason in x-unused"),
        (lambda d: _unused(d, **{"x-unused": " "}), "x-unused of readNew gives no reason"),
        (lambda d: _read(d).update({"x-unused": "nobody asks"}), "readMember is excused by x-unused, yet steps use it"),
        (lambda d: _read(d).update(operationId="credit"), "Operation ID 'credit' for 'get' in '/members/{card}' is not unique"),
        (lambda d: _rename(d), 'credit (POST /credits) is called creditPoints now; put it back'),
        (lambda d: d["paths"].pop("/credits"), "credit (POST /credits) is gone from the contract"),
        (lambda d: d["paths"].update({"/v2/credits": d["paths"].pop("/credits")}), "credit was POST /credits and is POST /v2/credits"),
        (_unused, 'does not record readNew, so it could be lost unnoticed; add: readNew = "GET /new"'),
    ],
)  # fmt: skip
def test_each_rule_refuses_what_it_is_there_for(lint, edit, says):
    """A contract wrong in one way draws the complaint that names it."""
    found = lint(edit)

    assert any(says in complaint for complaint in found), found


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("info: {title: Mini Miles, version: '1', title: Minor}", "line 3: title stands twice in one object"),
        ("info: {title: Mini Miles, version: '1'}\nx-by: {200: a, '200': b}", "line 4: 200 stands twice in one object"),
    ],
)
def test_a_name_that_stands_twice_is_told_with_its_line(lint, own_mini, now, says):
    """Of two values under one name a reader takes one and never says which."""
    lint()
    text = CONTRACT.replace('info: {title: Mini Miles, version: "1"}', now)
    (own_mini / "contracts" / "mini" / "openapi.yaml").write_text(text)

    assert any(
        f"contracts/mini/openapi.yaml {says}" in complaint for complaint in complaints(Dossier("mini", own_mini))
    )


def test_an_id_is_one_for_all_documents(lint, own_mini):
    """Two documents of one provider may not share an operationId either."""
    folder = own_mini / "contracts" / "mini"
    (folder / "more.yaml").write_text(CONTRACT)
    told = (folder / "provider.toml").read_text().replace('["openapi.yaml"]', '["openapi.yaml", "more.yaml"]')
    (folder / "provider.toml").write_text(told)

    assert any("credit, readMember, requestToken stands in it more than once" in complaint for complaint in lint())


def test_an_excuse_is_a_reason(lint):
    """An operation that no scenario can use is excused by saying why."""
    record = RECORD + 'readNew = "GET /new"\n'

    assert lint(lambda d: _unused(d, **{"x-unused": "It costs money."}), record=record) == []


def test_a_text_that_only_explains_is_no_use(lint):
    """An operation named in a docstring is not used by it; one named in a call is."""
    record = RECORD + 'readNew = "GET /new"\n'

    assert lint(_unused, record=record, steps='\n\ndef told() -> None:\n    """readNew"""\n') != []
    assert lint(_unused, record=record, steps='\n\ndef call(api: Api) -> None:\n    api.call("readNew")\n') == []


def test_a_contract_without_a_record_is_told_what_to_record(lint):
    """Each operation that is not on record could be lost unnoticed, so each is asked for."""
    found = lint(record="")

    assert len(found) == 3
    assert all("does not record" in complaint for complaint in found)


def test_the_command_ends_by_what_it_found(own_mini, lint):
    """0 for all of ours, 1 with complaints, 2 for a provider that does not exist."""
    lint(_rename)
    wrong = accredit("contract", "lint", "mini", "--suite", own_mini)

    assert accredit("contract", "lint").returncode == 0
    assert wrong.returncode == 1
    assert "contracts/mini/operations.toml: credit" in wrong.stdout
    assert "complaints" in wrong.stdout
    assert accredit("contract", "lint", "nobody").returncode == 2


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_the_lint_looks_at_something(name):
    """Ours have facts by the hundred, and a record of every operation: silence is not for want of anything to look at."""
    dossier = Dossier(name, ROOT)

    assert sum(len(list(facts_of(document))) for document in dossier.documents.values()) > 60
    assert set(tomllib.loads((dossier.folder / "operations.toml").read_text())) >= {
        o.id for o in dossier.contract.operations
    }
