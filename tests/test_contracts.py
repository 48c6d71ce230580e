"""The contracts are valid OpenAPI, say where each fact comes from, and their examples hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_pydantic import OpenAPI
from openapi_spec_validator import OpenAPIV31SpecValidator

from accredit.suite.catalogue import Dossier, provider_names
from tests.conftest import ROOT

PROVIDERS = provider_names(ROOT)
_METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(params=PROVIDERS)
def dossier(request: pytest.FixtureRequest) -> Dossier:
    return Dossier(request.param, ROOT)


def test_it_is_valid_by_the_specification(dossier):
    """A validator of the OpenAPI schema has no complaint."""
    assert list(OpenAPIV31SpecValidator(dict(dossier.documents["openapi"])).iter_errors()) == []


def test_it_is_valid_by_another_reading(dossier):
    """A second, independent implementation reads the same operations."""
    read = OpenAPI.model_validate(dossier.documents["openapi"])
    found = {
        getattr(item, method).operationId
        for item in (read.paths or {}).values()
        for method in _METHODS
        if getattr(item, method)
    }

    assert found == {operation.id for operation in dossier.contract.operations}


def _facts(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema, property, parameter, request body and response of a document."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _facts(item, f"{where}/{number}")
    if not isinstance(node, dict):
        return
    parent = where.rpartition("/")[0].rpartition("/")[2]
    name = where.rpartition("/")[2]
    here = parent in ("schemas", "properties", "parameters", "responses", "headers", "anyOf") or name in (
        "schema",
        "items",
        "requestBody",
        "additionalProperties",
    )
    if here and not set(node) <= {"$ref"} and not where.endswith("/examples"):
        yield where, node
    for key, item in node.items():
        if key not in ("example", "examples", "default", "const", "enum"):
            yield from _facts(item, f"{where}/{key}")


def test_every_fact_has_its_provenance(dossier):
    """Each schema, field, parameter, body and response says whether it is seed, public or inferred, and by which source."""
    facts = list(_facts(dossier.documents["openapi"]))

    assert len(facts) > 150
    for where, fact in facts:
        assert fact.get("x-provenance") in ("seed", "public", "inferred"), where
        assert fact.get("x-source"), where


def test_inferred_schemas_say_why(dossier):
    """What is inferred gives its reason where it stands; a reference leaves it to what it refers to."""
    for where, fact in _facts(dossier.documents["openapi"]):
        if (
            fact["x-provenance"] == "inferred"
            and "$ref" not in fact
            and "/schemas/" in where
            and not where.endswith(("/schema", "/items"))
        ):
            assert "nferred" in fact.get("description", ""), where


def _examples(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any], Any]]:
    if isinstance(node, dict):
        if "examples" in node and "x-provenance" in node:
            for example in node["examples"]:
                yield where, node, example
        for key, item in node.items():
            yield from _examples(item, f"{where}/{key}")


def test_examples_hold(dossier):
    """Each example is valid against the schema it stands in."""
    examples = list(_examples(dossier.documents["openapi"]["components"]["schemas"]))

    assert examples
    for where, schema, example in examples:
        validator = jsonschema_rs.Draft202012Validator(
            {**schema, "components": dossier.documents["openapi"]["components"]}, validate_formats=True
        )
        assert validator.is_valid(example), (where, list(validator.iter_errors(example)))


def test_every_setting_is_explained(dossier):
    """A fact nobody published says why its default was chosen."""
    for name, setting in dossier.provider.settings.items():
        assert setting.why, name
        assert not setting.options or setting.value in setting.options, name


def test_latam_pass_has_its_six_operations_and_the_notification():
    """Exactly the published operations, by method and path, and what each does."""
    latam = Dossier("latam_pass", ROOT)
    assert {(o.id, o.method, o.path, o.effect) for o in latam.contract.operations} == {
        ("requestToken", "POST", "/oauth/access-token", "token"),
        ("searchMember", "POST", "/v1/customer/loyalty/partner/member/search-member", "reads"),
        ("requestAccrual", "POST", "/v2/customer/loyalty/partner/accrual", "writes"),
        ("getAccruals", "GET", "/v2/customer/loyalty/partner/accrual", "reads"),
        ("beginCobrand", "POST", "/v1/customer/loyalty/partner/cobranded", "writes"),
        ("endCobrand", "DELETE", "/v1/customer/loyalty/partner/cobranded", "writes"),
    }
    assert latam.documents["openapi"]["webhooks"]["accrualNotification"]["post"]["operationId"] == "notifyAccrual"
    assert {f"U{n}" for n in range(1, 35)} == {s.unknown for s in latam.provider.settings.values()}


def test_the_simulator_answers_as_the_contract_promises():
    """Every answer of a whole run fits the contract's schema for its operation and status."""
    import json
    import tempfile

    from accredit.evidence.journal import read_run
    from tests.conftest import accredit

    latam = Dossier("latam_pass", ROOT)
    with tempfile.TemporaryDirectory() as folder:
        assert accredit("run", "latam_pass", "--output", folder).returncode == 0
        run = read_run(next(Path(folder).iterdir()))
    checked = 0
    for exchange in run.exchanges:
        if exchange.response is None or exchange.response.headers == ():
            continue
        operation = latam.contract[exchange.operation]
        told = latam.documents["openapi"]["paths"][operation.path][operation.method.lower()]["responses"]
        assert str(exchange.response.status) in told, exchange
        answer = told[str(exchange.response.status)]
        if "$ref" in answer:
            answer = latam.documents["openapi"]["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        kind = dict(exchange.response.headers).get("content-type", "").partition(";")[0]
        if "content" in answer and kind == "application/json":
            schema = {**answer["content"][kind]["schema"], "components": latam.documents["openapi"]["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema)
            assert validator.is_valid(json.loads(exchange.response.body)), exchange
            checked += 1
    assert checked > 150
