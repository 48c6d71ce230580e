"""The token call, and what a token opens."""

import pytest

from tests.points.bench import FORM, Bench, told

NEW = "Invalid client or Invalid client credentials"


def test_a_token_is_granted_as_published(bench: Bench) -> None:
    """Bearer, half an hour, nothing to refresh; `not-before-policy` with its hyphens; never to be stored."""
    answer = bench.grant()

    assert answer.status == 200
    assert told(answer) | {"access_token": ""} == {
        "access_token": "",
        "expires_in": 1800,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "",
    }
    assert told(answer)["access_token"]
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


@pytest.mark.parametrize(
    ("changes", "missing", "status", "error", "description"),
    [
        ({}, "grant_type", 400, "invalid_request", "Missing form parameter: grant_type"),
        ({"grant_type": "password"}, "", 400, "unsupported_grant_type", "Unsupported grant_type"),
        ({}, "client_id", 400, "invalid_client", "Missing client_id parameter"),
        ({"client_id": "nobody"}, "", 401, "invalid_client", NEW),
        ({"client_secret": "wrong"}, "", 401, "unauthorized_client", NEW),
        ({}, "client_secret", 401, "unauthorized_client", NEW),
    ],
)
def test_a_refusal_is_the_newer_servers(
    bench: Bench, changes: dict[str, str], missing: str, status: int, error: str, description: str
) -> None:
    form = {name: value for name, value in bench.form(**changes).items() if name != missing}
    answer = bench.grant(form)

    assert (answer.status, told(answer)) == (status, {"error": error, "error_description": description})


@pytest.mark.parametrize(
    ("changes", "missing", "description"),
    [
        ({"client_id": "nobody"}, "", "Invalid client credentials"),
        ({"client_secret": "wrong"}, "", "Invalid client secret"),
        ({}, "client_secret", "Client secret not provided in request"),
    ],
)
def test_a_refusal_may_be_the_older_servers(changes: dict[str, str], missing: str, description: str) -> None:
    bench = Bench(token_errorStyle="400_old")
    form = {name: value for name, value in bench.form(**changes).items() if name != missing}
    answer = bench.grant(form)

    assert answer.status == 400
    assert told(answer) == {"error": "unauthorized_client", "error_description": description}


def test_a_field_sent_twice_is_refused(bench: Bench) -> None:
    answer = bench.call("requestToken", b"grant_type=client_credentials&client_id=a&client_id=b", content_type=FORM)

    assert (answer.status, told(answer)["error_description"]) == (400, "duplicated parameter")


def test_another_content_type_is_refused(bench: Bench) -> None:
    assert bench.call("requestToken", b"{}").status == 415


def test_a_disabled_client_is_refused_until_it_is_enabled(bench: Bench) -> None:
    bench.simulator.disable_client()
    refused = bench.grant().status
    bench.simulator.enable_client()

    assert (refused, bench.grant().status) == (401, 200)


def test_a_token_ends_with_its_half_hour(bench: Bench) -> None:
    token = f"Bearer {bench.token()}"
    bench.wait(1799)
    before = bench.read(authorization=token).status
    bench.wait(1)

    assert (before, bench.read(authorization=token).status) == (200, 401)


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "x"])
def test_nothing_else_is_a_token(bench: Bench, shown: str) -> None:
    assert bench.read(authorization=shown).status == 401
    assert bench.send(bench.body(), authorization=shown).status == 401


def test_a_token_of_staging_opens_nothing_in_production(bench: Bench) -> None:
    token = f"Bearer {bench.token()}"

    assert bench.read(environment="production", authorization=token).status == 401
    assert bench.read(environment="production").status == 200


def test_the_scheme_is_read_in_any_letters(bench: Bench) -> None:
    assert bench.read(authorization=f"bearer {bench.token()}").status == 200
