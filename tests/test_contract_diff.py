"""What a provider published is compared with our contract by direction: each rule is fired by one edit of a published file."""

import copy
import json
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from accredit.model.drift.comparison import Comparison, compare
from accredit.model.drift.difference import Difference
from accredit.model.drift.document import Document
from accredit.model.drift.rules import RULES
from accredit.model.errors import UsageError
from accredit.suite.catalogue import Dossier, provider_names
from tests.conftest import ROOT, accredit

Edit = Callable[[dict[str, Any]], object]


def _field(**more: Any) -> dict[str, Any]:
    return {"x-provenance": "public", **more}


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


OURS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tiny", "version": "1"},
    "servers": [{"url": "https://api.tiny.example/test"}],
    "security": [{"token": ["read"]}],
    "paths": {
        "/v2/orders/{order}": {
            "post": {
                "operationId": "sendOrder",
                "x-provenance": "public",
                "parameters": [
                    {"name": "order", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 50, "default": 10}},
                    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "x-channel", "in": "header", "required": True, "schema": {"enum": ["web", "app"]}},
                ],
                "requestBody": {"required": True, "content": _content({"$ref": "#/components/schemas/Order"})},
                "responses": {
                    "200": {
                        "description": "done",
                        "headers": {"X-Trace": {"required": True, "schema": {"type": "string"}}},
                        "content": _content({"$ref": "#/components/schemas/Receipt"}),
                    },
                    "404": {"description": "unknown", "x-provenance": "inferred"},
                },
                "callbacks": {"done": {"{$request.body#/url}": {"post": {
                    "requestBody": {"content": _content({"type": "object", "properties": {"id": {"type": "string"}}})}}}}},
            },
        },
        "/v2/orders": {"get": {"operationId": "listOrders", "responses": {"200": {"description": "all"}}}},
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["id"],
                "additionalProperties": True,
                "properties": {
                    "id": {"type": "string", "maxLength": 50},
                    "points": {"type": ["integer", "null"], "minimum": 1, "x-provenance": "inferred"},
                    "kind": {"type": "string", "enum": ["earn", "burn"]},
                    "day": {"type": "string", "format": "date"},
                    "code": {"type": "string", "pattern": "^[A-Z]+$"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                    "payer": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Account"}]},
                    "rest": {"type": "object", "not": {"required": ["x"]}},
                },
            },
            "Card": {"type": "object", "required": ["card"], "properties": {"card": {"type": "string"}}},
            "Account": {"type": "object", "required": ["account"], "properties": {"account": {"type": "string"}}},
            "Cash": {"type": "object", "required": ["cash"], "properties": {"cash": {"type": "integer"}}},
            "Receipt": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "maxLength": 50},
                    "balance": {"type": "number", "x-provenance": "inferred"},
                    "status": {"type": "string", "enum": ["ok", "late"]},
                    "day": {"type": "string", "format": "date"},
                    "code": {"type": "string", "pattern": "^[A-Z]+$"},
                    "shut": {"type": "object", "additionalProperties": False},
                    "open": {"type": "object"},
                    "lines": {"type": "array", "items": {"type": "string"}},
                    "payer": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Account"}]},
                    "rest": {"type": "object", "not": {"required": ["x"]}},
                },
            },
        },
        "securitySchemes": {"token": {"type": "oauth2", "flows": {}}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}  # fmt: skip

PATH = "/v2/orders/{order}"


def _operation(d: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = d["paths"][PATH]["post"]
    return told


def _schema(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda d: d["components"]["schemas"][name]


_order, _receipt = _schema("Order"), _schema("Receipt")


def _o(d: dict[str, Any], field: str) -> dict[str, Any]:
    found: dict[str, Any] = _order(d)["properties"][field]
    return found


def _r(d: dict[str, Any], field: str) -> dict[str, Any]:
    found: dict[str, Any] = _receipt(d)["properties"][field]
    return found


def _parameter(d: dict[str, Any], name: str) -> dict[str, Any]:
    return next(p for p in _operation(d)["parameters"] if p["name"] == name)


def _without(d: dict[str, Any], name: str) -> None:
    _operation(d)["parameters"].remove(_parameter(d, name))


def _answer(d: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _operation(d)["responses"]["200"]
    return found


def _callback(d: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _operation(d)["callbacks"]["done"]["{$request.body#/url}"]["post"]["requestBody"]["content"]
    return found["application/json"]["schema"]


CASES: list[tuple[Edit, str, str]] = [
    # one edit of their document                                                     the rule it fires         where
    (lambda d: d["paths"].pop("/v2/orders"), "operation-gone", "the operation"),
    (lambda d: d["paths"].update({"/v2/new": {"get": {"responses": {}}}}), "operation-new", "the operation"),
    (lambda d: _operation(d).update(deprecated=True), "operation-deprecated", "the operation"),
    (lambda d: _operation(d).update(security=[{"key": []}]), "access-changed", "access"),
    (lambda d: d.pop("security"), "access-unstated", "access"),
    (lambda d: _operation(d).update(security=[{"token": ["read", "write"]}]), "scope-new", "access"),
    (lambda d: _parameter(d, "size").update(required=True), "parameter-required", "query parameter size"),
    (lambda d: _operation(d)["parameters"].append({"name": "n", "in": "query", "required": True, "schema": {}}),
     "parameter-required", "query parameter n"),
    (lambda d: _parameter(d, "x-channel").pop("required"), "parameter-optional", "header parameter x-channel"),
    (lambda d: _operation(d)["parameters"].append({"name": "n", "in": "query", "schema": {}}), "parameter-new", "query parameter n"),
    (lambda d: _without(d, "size"), "query-gone", "query parameter size"),
    (lambda d: _without(d, "x-channel"), "header-gone", "header parameter x-channel"),
    (lambda d: _parameter(d, "tags").update(explode=False), "parameter-written-otherwise", "query parameter tags"),
    (lambda d: _parameter(d, "size")["schema"].update(default=20), "default-changed", "query parameter size"),
    (lambda d: _parameter(d, "size")["schema"].update(maximum=20), "request-limit-narrowed", "query parameter size"),
    (lambda d: _operation(d)["requestBody"].pop("required"), "body-optional", "request"),
    (lambda d: _operation(d).pop("requestBody"), "body-gone", "request"),
    (lambda d: d["paths"]["/v2/orders"]["get"].update(requestBody={"content": {}}), "body-new", "request"),
    (lambda d: d["paths"]["/v2/orders"]["get"].update(requestBody={"required": True, "content": {}}), "body-required", "request"),
    (lambda d: _operation(d)["requestBody"].update(content={"text/csv": {}}), "request-content-gone", "request"),
    (lambda d: _operation(d)["requestBody"]["content"].update({"text/csv": {}}), "request-content-new", "request (text/csv)"),
    (lambda d: _operation(d)["responses"].pop("200"), "success-gone", "answer 200"),
    (lambda d: _operation(d)["responses"].pop("404"), "status-gone", "answer 404"),
    (lambda d: _operation(d)["responses"].update({"409": {"description": ""}}), "status-new", "answer 409"),
    (lambda d: _answer(d).update(content={"text/csv": {}}), "answer-content-gone", "answer 200"),
    (lambda d: _answer(d)["content"].update({"text/csv": {}}), "answer-content-new", "answer 200 (text/csv)"),
    (lambda d: _answer(d).pop("headers"), "answer-header-gone", "answer 200, header x-trace"),
    (lambda d: _answer(d)["headers"]["X-Trace"].pop("required"), "answer-header-optional", "answer 200, header x-trace"),
    (lambda d: _answer(d)["headers"].update({"X-More": {"schema": {}}}), "answer-header-new", "answer 200, header x-more"),
    (lambda d: _operation(d).update(callbacks={n: _operation(d)["callbacks"]["done"] for n in ("a", "b")}), "callback-gone", "callback done"),
    (lambda d: _callback(d)["properties"].pop("id"), "answer-field-gone", "callback done: id"),
    (lambda d: _o(d, "id").update(type="integer"), "request-type-narrowed", "request: id"),
    (lambda d: _o(d, "points").update(type="integer"), "request-type-narrowed", "request: points"),
    (lambda d: _o(d, "points").update(type=["number", "null"]), "request-type-widened", "request: points"),
    (lambda d: _o(d, "kind").update(enum=["earn"]), "request-enum-narrowed", "request: kind"),
    (lambda d: _o(d, "kind").pop("enum"), "request-enum-widened", "request: kind"),
    (lambda d: _o(d, "points").update(minimum=10), "request-limit-narrowed", "request: points"),
    (lambda d: _o(d, "id").update(maxLength=40), "request-limit-narrowed", "request: id"),
    (lambda d: _o(d, "id").pop("maxLength"), "request-limit-widened", "request: id"),
    (lambda d: _o(d, "points").update(multipleOf=5), "request-limit-narrowed", "request: points"),
    (lambda d: _o(d, "parts").update(uniqueItems=True), "request-limit-narrowed", "request: parts"),
    (lambda d: _o(d, "code").update(pattern="^[A-F]+$"), "request-pattern-narrowed", "request: code"),
    (lambda d: _o(d, "code").pop("pattern"), "request-pattern-widened", "request: code"),
    (lambda d: _o(d, "day").update(format="date-time"), "request-format-narrowed", "request: day"),
    (lambda d: _o(d, "day").pop("format"), "request-format-widened", "request: day"),
    (lambda d: _order(d)["required"].append("kind"), "request-field-required", "request: kind"),
    (lambda d: _order(d)["properties"].update(new={}), "request-field-new", "request: new"),
    (lambda d: _order(d).pop("required"), "request-field-optional", "request: id"),
    (lambda d: _order(d)["properties"].pop("day"), "request-field-gone", "request: day"),
    (lambda d: (_order(d)["properties"].pop("id"), _order(d).pop("required")), "request-field-unread", "request: id"),
    (lambda d: (_order(d)["properties"].pop("day"), _order(d).update(additionalProperties=False)), "request-field-refused", "request: day"),
    (lambda d: _o(d, "day").update(readOnly=True), "request-field-refused", "request: day"),
    (lambda d: _order(d).update(additionalProperties=False), "request-closed", "request: body"),
    (lambda d: _o(d, "payer").update(oneOf=[{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}]),
     "request-choice-gone", "request: payer"),
    (lambda d: _o(d, "payer")["oneOf"].append({"$ref": "#/components/schemas/Cash"}), "request-choice-new", "request: payer"),
    (lambda d: _o(d, "rest").update({"not": {"required": ["y"]}}), "request-incomparable", "request: rest"),
    (lambda d: _r(d, "balance").update(type=["number", "string"]), "answer-type-widened", "answer 200: balance"),
    (lambda d: _r(d, "balance").update(type="string"), "answer-type-widened", "answer 200: balance"),
    (lambda d: _r(d, "balance").pop("type"), "answer-type-widened", "answer 200: balance"),
    (lambda d: _r(d, "balance").update(type=["number", "null"]), "answer-null-new", "answer 200: balance"),
    (lambda d: _r(d, "balance").update(anyOf=[{"type": "number"}, {"type": "null"}], type=["number", "null"]), "answer-null-new", "answer 200: balance"),
    (lambda d: _r(d, "balance").update(type="integer"), "answer-type-narrowed", "answer 200: balance"),
    (lambda d: _r(d, "status")["enum"].append("lost"), "answer-enum-widened", "answer 200: status"),
    (lambda d: _r(d, "status").update(enum=["ok"]), "answer-enum-narrowed", "answer 200: status"),
    (lambda d: _r(d, "id").update(maxLength=60), "answer-limit-widened", "answer 200: id"),
    (lambda d: _r(d, "id").update(maxLength=40), "answer-limit-narrowed", "answer 200: id"),
    (lambda d: _r(d, "code").update(pattern="x"), "answer-pattern-widened", "answer 200: code"),
    (lambda d: _r(d, "id").update(pattern="x"), "answer-pattern-narrowed", "answer 200: id"),
    (lambda d: _r(d, "day").update(format="date-time"), "answer-format-widened", "answer 200: day"),
    (lambda d: _r(d, "id").update(format="uuid"), "answer-format-narrowed", "answer 200: id"),
    (lambda d: _receipt(d)["properties"].pop("status"), "answer-field-gone", "answer 200: status"),
    (lambda d: _receipt(d).pop("required"), "answer-field-optional", "answer 200: id"),
    (lambda d: _receipt(d)["required"].append("status"), "answer-field-always", "answer 200: status"),
    (lambda d: _receipt(d)["properties"].update(new={}), "answer-field-new", "answer 200: new"),
    (lambda d: _r(d, "shut").update(properties={"x": {}}), "answer-field-unexpected", "answer 200: shut.x"),
    (lambda d: _r(d, "shut").pop("additionalProperties"), "answer-opened", "answer 200: shut"),
    (lambda d: _r(d, "open").update(additionalProperties=False), "answer-closed", "answer 200: open"),
    (lambda d: _r(d, "lines").update(items={"type": "integer"}), "answer-type-widened", "answer 200: lines[]"),
    (lambda d: _r(d, "payer")["oneOf"].append({"$ref": "#/components/schemas/Cash"}), "answer-choice-new", "answer 200: payer"),
    (lambda d: _r(d, "payer")["oneOf"].pop(), "answer-choice-gone", "answer 200: payer"),
    (lambda d: _r(d, "rest").pop("not"), "answer-incomparable", "answer 200: rest"),
    (lambda d: None, "now-published", "answer 200: balance"),
]  # fmt: skip


def against(theirs: Mapping[str, Any], ours: Mapping[str, Any] = OURS) -> Comparison:
    return compare({"tiny": Document(ours, "tiny")}, Document(theirs, "theirs"))


def edited(edit: Edit, document: Mapping[str, Any] = OURS) -> dict[str, Any]:
    made = copy.deepcopy(dict(document))
    edit(made)
    return made


def changed(comparison: Comparison) -> list[Difference]:
    return [d for d in comparison.differences if d.kind != "improved"]


@pytest.mark.parametrize(("edit", "code", "place"), CASES, ids=[f"{n}-{case[1]}" for n, case in enumerate(CASES)])
def test_one_edit_fires_one_rule_where_it_was_made(edit, code, place):
    """The rule that the edit is there for is fired at its place, and nothing worse is said."""
    found = against(edited(edit)).differences

    assert (code, place) in {(d.code, d.place) for d in found}
    if RULES[code].kind != "breaking":
        assert not [d for d in found if d.kind == "breaking"]


def test_every_rule_is_fired_by_a_case():
    """A rule that nothing fires is none."""
    assert {code for _, code, _ in CASES} | {"request-opened"} == set(RULES)
    shut = edited(lambda d: _order(d).update(additionalProperties=False))
    assert {d.code for d in changed(against(OURS, shut))} == {"request-opened"}


def test_every_rule_says_what_to_do():
    """Words and next step of each are sentences."""
    for rule in RULES.values():
        assert rule.says.endswith("."), rule.code
        assert rule.todo.endswith("."), rule.code


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_a_contract_does_not_differ_from_itself(name):
    """Each document of ours, taken for a published one, differs in nothing; what was inferred counts as published."""
    dossier = Dossier(name, ROOT)
    ours = {service: Document(document, service) for service, document in dossier.documents.items()}
    for service, document in dossier.documents.items():
        found = compare(ours, Document(copy.deepcopy(document), "theirs"))

        assert changed(found) == []
        assert {d.code for d in found.differences} == {"now-published"}
        assert set(found.silent) == set(ours) - {service}


def test_a_contradicted_assumption_is_called_a_correction():
    """What we inferred and they state otherwise breaks, and is told as a correction of ours."""
    [found] = changed(against(edited(lambda d: _r(d, "balance").update(type="string"))))

    assert found.inferred
    assert found.kind == "breaking"
    assert (found.ours, found.theirs) == ("number", "string")


def test_an_id_stays_until_the_difference_changes():
    """The same difference has the same id whatever else is edited, and another one when its values change."""
    one, two = (changed(against(edited(lambda d, n=n: _o(d, "points").update(minimum=n))))[0].id for n in (10, 11))
    again = against(edited(lambda d: (_o(d, "points").update(minimum=10), d["paths"].pop("/v2/orders"))))

    assert one != two
    assert one in {d.id for d in again.differences}


@pytest.mark.parametrize(
    "server", ["https://api.tiny.example", "https://x.example/gateway/api", "/test", "https://{host}/{base}"]
)
def test_what_stands_before_the_path_does_not_matter(server):
    """Base paths and servers may differ in what stands before."""
    assert changed(against(edited(lambda d: d.update(servers=[{"url": server}])))) == []


def test_another_version_is_another_operation():
    """`/v1` is not taken for `/v2`."""
    found = against(edited(lambda d: d["paths"].update({"/v1/orders": d["paths"].pop("/v2/orders")})))

    assert {d.code for d in changed(found)} == {"operation-gone", "operation-new"}


SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Tiny", "version": "1"},
    "host": "api.tiny.example",
    "basePath": "/v2",
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "securityDefinitions": {"bearer": {"type": "apiKey", "in": "header", "name": "Authorization"}},
    "security": [{"bearer": []}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "post": {
                "parameters": [
                    {"name": "size", "in": "query", "type": "integer", "maximum": 50, "default": 10},
                    {
                        "name": "tags",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "multi",
                    },
                    {"name": "X-Channel", "in": "header", "type": "string", "required": True, "enum": ["web", "app"]},
                    {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Order"}},
                ],
                "responses": {
                    200: {
                        "description": "",
                        "schema": {"$ref": "#/definitions/Receipt"},
                        "headers": {"X-Trace": {"type": "string"}},
                    },
                    "404": {"description": ""},
                },
            },
        },
        "/orders": {"get": {"responses": {"200": {"description": "all"}}}},
    },
    "definitions": {},
}


def swagger(edit: Edit = lambda d: None) -> dict[str, Any]:
    """What OURS says, as far as Swagger 2.0 can: without oneOf and without null."""
    told = json.loads(json.dumps(SWAGGER))
    schemas = json.loads(json.dumps(OURS["components"]["schemas"]).replace("#/components/schemas/", "#/definitions/"))
    schemas["Order"]["properties"]["points"].update({"type": "integer", "x-nullable": True})
    told["definitions"] = schemas
    edit(told)
    return dict(told)


def test_swagger_says_the_same():
    """A Swagger 2.0 document that says what our contract does differs in nothing, wherever it says it."""
    found = against(swagger())

    assert changed(found) == []
    assert found.unheard == ("done",)
    assert len(found.compared) == 2


@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (lambda d: d["definitions"]["Order"]["required"].append("kind"), "request-field-required", "request: kind"),
        (lambda d: d["definitions"]["Receipt"]["properties"].pop("status"), "answer-field-gone", "answer 200: status"),
        (lambda d: d["definitions"]["Receipt"]["properties"]["balance"].update({"x-nullable": True}), "answer-null-new", "answer 200: balance"),
        (lambda d: d["definitions"]["Order"]["properties"]["points"].update(minimum=1, exclusiveMinimum=True), "request-limit-narrowed", "request: points"),
        (lambda d: d["paths"]["/orders/{id}"]["post"]["parameters"][1].pop("collectionFormat"), "parameter-written-otherwise", "query parameter tags"),
        (lambda d: d["paths"]["/orders/{id}"]["post"]["parameters"].pop(), "body-gone", "request"),
        (lambda d: d.update(consumes=["application/xml"]), "request-content-gone", "request"),
        (lambda d: d.update(produces=["application/xml"]), "answer-content-gone", "answer 200"),
        (lambda d: d["securityDefinitions"]["bearer"].update(name="X-Key"), "access-changed", "access"),
        (lambda d: d["paths"].pop("/orders"), "operation-gone", "the operation"),
    ],
)  # fmt: skip
def test_swagger_is_compared_by_the_same_rules(edit, code, place):
    """One edit of a Swagger 2.0 document fires what the same edit of OpenAPI 3 would."""
    assert (code, place) in {(d.code, d.place) for d in changed(against(swagger(edit)))}


def test_content_types_of_swagger_are_those_of_the_whole_operation():
    """`produces` lists what an operation may answer with: not every answer comes in each of them, and the schema is JSON's."""
    page = {"text/html": {"schema": {"type": "string"}}}
    ours = edited(lambda d: _operation(d)["responses"]["404"].update(content=page))
    theirs = swagger(lambda d: d.update(produces=["application/json", "text/html"]))
    theirs["paths"]["/orders/{id}"]["post"]["responses"]["404"]["schema"] = {"type": "object"}

    assert changed(against(theirs, ours)) == []


def test_any_content_type_covers_ours():
    """`*/*`, as many generators write, is neither another content type nor the loss of one."""

    def anything(d: dict[str, Any]) -> None:
        for told in (_operation(d)["requestBody"], _answer(d)):
            told["content"] = {"*/*": told["content"]["application/json"]}

    assert changed(against(edited(anything))) == []


def test_where_nothing_is_said_it_is_said_once():
    """An answer without a schema is one difference, not one for each of its fields."""
    [found] = changed(against(edited(lambda d: _answer(d)["content"]["application/json"].pop("schema"))))

    assert (found.code, found.place, found.theirs) == ("answer-type-widened", "answer 200: body", "any type")


def test_openapi_3_0_says_null_and_limits_its_own_way():
    """`nullable` and `exclusiveMinimum: true` of 3.0 are read as what 3.1 writes otherwise."""

    def by_3_0(d: dict[str, Any]) -> None:
        d["openapi"] = "3.0.3"
        _o(d, "points").update(type="integer", nullable=True, minimum=0, exclusiveMinimum=True)

    assert changed(against(edited(by_3_0))) == []


def test_a_form_of_swagger_is_a_body():
    """formData is the body of a form."""
    form = {"type": "object", "required": ["grant"], "properties": {"grant": {"type": "string"}}}
    ours = {"openapi": "3.1.0", "paths": {"/token": {"post": {"operationId": "t", "responses": {}, "requestBody": {
        "required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}}}}}  # fmt: skip
    parameters = [{"name": name, "in": "formData", "required": True, "type": "string"} for name in ("grant", "scope")]
    theirs = {"swagger": "2.0", "paths": {"/token": {"post": {"responses": {}, "parameters": parameters}}}}
    [found] = changed(against(theirs, ours))

    assert (found.code, found.place) == ("request-field-required", "request (application/x-www-form-urlencoded): scope")


def test_schemas_that_refer_to_themselves_are_compared():
    """A field below a recursion is found once at each place, and the comparison ends."""
    found = changed(against(edited(lambda d: d["components"]["schemas"]["Order"].update(
        properties={**_order(d)["properties"], "parts": {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Order"}]}},
                    "payer": {"anyOf": [{"$ref": "#/components/schemas/Order"}, {"type": "null"}]}}))))  # fmt: skip

    assert found


@pytest.mark.parametrize("source", [OURS, swagger()], ids=["openapi", "swagger"])
def test_no_broken_document_breaks_us(source):
    """Whatever stands anywhere in a published document in place of what belongs there: it is compared, or refused in words."""
    theirs = copy.deepcopy(source)
    for steps in _places(theirs):
        node: Any = theirs
        for step in steps[:-1]:
            node = node[step]
        right = node[steps[-1]]
        for wrong in (7, [7], {"$ref": 7}):
            node[steps[-1]] = wrong
            with suppress(UsageError):
                against(theirs)
        node[steps[-1]] = right

    assert changed(against(theirs)) == []


def _places(node: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, item in items for place in ((*before, key), *_places(item, (*before, key)))]


# The command.


@pytest.fixture
def published(tmp_path: Path) -> Callable[..., Path]:
    """The file that a provider published: one document of our contract, edited."""

    def write(edit: Edit = lambda d: None, *, name: str = "published.json", service: str = "balance") -> Path:
        made = edited(edit, Dossier("points", ROOT).documents[service])
        (tmp_path / name).write_text(json.dumps(made))
        return tmp_path / name

    return write


def _no_balance(d: dict[str, Any]) -> None:
    d["components"]["schemas"]["Balance"]["properties"].pop("balance")


def test_the_command_tells_breaking_from_not(published, tmp_path):
    """Exit 0 and 1; in words: where, what we have, what they publish, what to do."""
    same = accredit("contract", "diff", "points", "--published", published())
    moved = accredit("contract", "diff", "points", "--published", published(_no_balance))

    assert same.returncode == 0, same.stderr
    assert "nothing breaks the partner" in same.stdout
    assert "service auth: requestToken" in same.stdout
    assert moved.returncode == 1
    for said in ("A field of the answer is gone.", "getBalance, answer 200: balance", "we have: optional", "they publish: no such field",
                 "to do: Stop reading it", "we had only inferred it"):  # fmt: skip
        assert said in moved.stdout


def test_a_service_that_is_named_is_compared_whole(published):
    """Without it an absent service is not compared, and said so; named, what it has not is gone."""
    silent = accredit("contract", "diff", "points", "--published", published())
    named = accredit("contract", "diff", "points", "--published", published(), "--service", "auth")
    unknown = accredit("contract", "diff", "points", "--published", published(), "--service", "nobody")

    assert "NOT COMPARED" in silent.stdout
    assert named.returncode == 1
    assert "requestToken, the operation" in named.stdout
    assert "service balance: getBalance" in named.stdout
    assert unknown.returncode == 2


def test_yaml_is_read_as_json_would_be(tmp_path):
    """A status written as a number, a date without quotes: as YAML has them, and as a provider writes them."""
    text = (ROOT / "contracts" / "points" / "balance.yaml").read_text()
    (tmp_path / "published.yaml").write_text(text.replace("'200':", "200:").replace("2026-11\n", "2026-11-21\n"))
    ended = accredit("contract", "diff", "points", "--published", tmp_path / "published.yaml")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "getBalance, answer 200: comes" in ended.stdout


def test_machines_read_the_same(published):
    """`--format json` holds ids, rules, places and the answer."""
    ended = accredit("contract", "diff", "points", "--published", published(_no_balance), "--format", "json")
    told = json.loads(ended.stdout)

    assert told["fine"] is False
    assert [d["rule"] for d in told["differences"] if d["kind"] == "breaking"] == ["answer-field-gone"]
    assert told["published"]["digest"].startswith("sha256:")


def test_an_accepted_difference_breaks_no_more_until_it_is_gone(published, tmp_path):
    """Accepting writes who and why; then the answer is fine; once nothing matches the entry, it fails."""
    file, kept = published(_no_balance), tmp_path / "contract-accepted.toml"
    about = ("points", "--published", file, "--accepted", kept)
    told = json.loads(accredit("contract", "diff", "points", "--published", file, "--format", "json").stdout)
    id_ = next(d["id"] for d in told["differences"] if d["kind"] == "breaking")
    reason = 'we read "amount"\nsince Monday \x7f\U0001f600'
    first = accredit("contract", "accept", *about, "--difference", id_, "--reason", reason, "--by", "Ada")
    twice = accredit("contract", "accept", *about, "--difference", id_, "--reason", "x", "--by", "Ada")
    fine = accredit("contract", "diff", *about)
    published()
    unused = accredit("contract", "diff", *about)
    elsewhere = accredit(
        "contract", "diff", "points", "--published", published(name="auth.json", service="auth"), "--accepted", kept
    )

    assert first.returncode == 0, first.stderr
    [entry] = tomllib.loads(kept.read_text())["points"]
    assert (entry["difference"], entry["reason"], entry["by"]) == (id_, reason, "Ada")
    assert entry["published"] == told["published"]["digest"]
    assert twice.returncode == 2
    assert "accepted already" in twice.stderr
    assert fine.returncode == 0, fine.stdout
    assert "breaking, and accepted" in fine.stdout
    assert unused.returncode == 1
    assert "matches no difference any more" in unused.stdout
    assert elsewhere.returncode == 0, elsewhere.stdout


def test_what_is_accepted_is_kept_in_the_file_that_was_named(published, tmp_path):
    """A named file that does not exist yet is made; what the usual file accepts is not taken for accepted in it."""
    file, usual, named = published(_no_balance), tmp_path / "contract-accepted.toml", tmp_path / "of-release-7.toml"
    told = json.loads(accredit("contract", "diff", "points", "--published", file, "--format", "json").stdout)
    id_ = next(d["id"] for d in told["differences"] if d["kind"] == "breaking")
    how = ("--published", file, "--difference", id_, "--reason", "looked at", "--by", "Ada")
    first = accredit("contract", "accept", "points", *how, cwd=tmp_path)
    before = usual.read_text()
    second = accredit("contract", "accept", "points", *how, "--accepted", named, cwd=tmp_path)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert [entry["difference"] for entry in tomllib.loads(named.read_text())["points"]] == [id_]
    assert usual.read_text() == before


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no object"),
        ("nothing: [", "neither JSON nor YAML"),
        ("[]", "holds no object"),
        ("title: a page", "neither Swagger 2.0 nor OpenAPI"),
        ('{"openapi": "4.0.0", "paths": {}}', "neither Swagger 2.0 nor OpenAPI"),
        ('{"openapi": "3.0.0", "paths": {"/else": {"get": {}}}}', "has none of our operations"),
        ('{"openapi": "3.0.0", "paths": 7}', "paths must be an object"),
        ("a: &a [*a]", "never ends"),
        (BOMB, "by its aliases"),
        ("a: " + "[" * 100_000, "nested too deeply"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ("\x1b[2J: &x", "neither JSON nor YAML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(tmp_path, text, says):
    """Exit 2, and the message says what the file is not."""
    (tmp_path / "published.yaml").write_text(text)
    ended = accredit("contract", "diff", "points", "--published", tmp_path / "published.yaml")

    assert ended.returncode == 2, ended.stdout
    assert says in ended.stderr


def test_nothing_else_is_fetched(published):
    """A reference to another document is refused, not followed."""
    schema = {"$ref": "https://127.0.0.1:1/other.json#/Balance"}
    ended = accredit(
        "contract",
        "diff",
        "points",
        "--published",
        published(lambda d: d["components"]["schemas"].update(Balance=schema)),
    )

    assert ended.returncode == 2
    assert "outside itself, and nothing else is fetched" in ended.stderr


def test_a_published_text_cannot_act_on_the_terminal(published):
    """Signs that a terminal would act upon are shown as what they are not."""
    ended = accredit("contract", "diff", "points", "--published",
                     published(lambda d: d["components"]["schemas"]["Balance"]["properties"].update({"\x1b[2J\nfine": {}})))  # fmt: skip

    assert "\x1b" not in ended.stdout
    assert "\nfine" not in ended.stdout
