"""The contracts are valid OpenAPI, say where each fact comes from, and their examples hold."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from openapi_pydantic import OpenAPI
from openapi_spec_validator import OpenAPIV31SpecValidator

from accredit.evidence.journal import read_run
from accredit.model.exchange import Exchange
from accredit.model.schema import misfits
from accredit.model.simulation import Setup
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.live import load_simulation
from tests.conftest import ROOT, accredit

PROVIDERS = provider_names(ROOT)
_METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(params=PROVIDERS)
def dossier(request: pytest.FixtureRequest) -> Dossier:
    return Dossier(request.param, ROOT)


def test_it_is_valid_by_the_specification(dossier):
    """A validator of the OpenAPI schema has no complaint."""
    for service, document in dossier.documents.items():
        assert list(OpenAPIV31SpecValidator(dict(document)).iter_errors()) == [], service


def test_it_is_valid_by_another_reading(dossier):
    """A second, independent implementation reads the same operations."""
    found = {
        getattr(item, method).operationId
        for document in dossier.documents.values()
        for item in (OpenAPI.model_validate(document).paths or {}).values()
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
    facts = [fact for document in dossier.documents.values() for fact in _facts(document)]

    assert len(facts) > 100
    for where, fact in facts:
        assert fact.get("x-provenance") in ("seed", "public", "inferred"), where
        assert fact.get("x-source"), where


def test_inferred_schemas_say_why(dossier):
    """What is inferred gives its reason where it stands; a reference leaves it to what it refers to."""
    for where, fact in (fact for document in dossier.documents.values() for fact in _facts(document)):
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
    examples = [
        (service, document["components"], *example)
        for service, document in dossier.documents.items()
        for example in _examples(document.get("components", {}).get("schemas", {}))
    ]

    assert examples
    for service, components, where, schema, example in examples:
        assert not misfits({**schema, "components": components}, example), (service, where)


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


def test_the_simulator_answers_as_the_contract_promises(dossier, tmp_path):
    """Every answer of a whole run fits the contract's schema for its operation and status."""
    assert accredit("run", dossier.name, "--output", tmp_path).returncode == 0
    run = read_run(next(tmp_path.iterdir()))
    checked = 0
    for exchange in run.exchanges:
        if exchange.direction == "incoming" or exchange.response is None or not exchange.response.headers:
            continue
        answer, components = _promised(dossier, exchange)
        kind = dict(exchange.response.headers).get("content-type", "").partition(";")[0]
        if kind == "application/json" and kind in answer.get("content", {}):
            told = json.loads(exchange.response.body)
            schema = {**answer["content"][kind]["schema"], "components": components}
            assert not misfits(schema, told, formats=False), exchange  # what is masked has no format any more
            checked += 1
    assert checked > 50


def _promised(dossier: Dossier, exchange: Exchange) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What the contract says of an answer of that status, and the components it refers to."""
    assert exchange.response is not None
    operation = dossier.contract[exchange.operation]
    document = dossier.documents[operation.service]
    told = document["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(exchange.response.status) in told, exchange
    answer = told[str(exchange.response.status)]
    components = document.get("components", {})
    return components["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer, components


def test_what_can_be_claimed_is_what_the_simulator_claims(dossier):
    """And whatever a requirement needs can be claimed."""
    settings = {name: setting.value for name, setting in dossier.provider.settings.items()}
    setup = Setup(settings, lambda: datetime.now(UTC), frozenset(), Random(0))
    roles = load_simulation(ROOT, dossier.name)(setup).roles("certification")

    assert set(roles["capabilities"]) == set(dossier.provider.capabilities)
    assert {need for r in dossier.register.requirements for need in r.needs} <= set(dossier.provider.capabilities)
