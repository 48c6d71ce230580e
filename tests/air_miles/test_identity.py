"""The identity provider: who is sent back with a code, what a code, a secret and a refresh token buy."""

import pytest

from accredit import RsaKey, jwt
from contracts.air_miles.access_tokens import key_of
from tests.air_miles.bench import told
from tests.air_miles.collector_bench import (
    ENROLLMENT,
    OFFLINE,
    PROFILE,
    SUMMARY,
    VERIFIER,
    CollectorBench,
    challenge,
    landing,
)


@pytest.fixture(name="bench")
def right_one() -> CollectorBench:
    return CollectorBench()


def _claims(token: str) -> dict[str, object]:
    return dict(jwt.claims_of(token, key_of("certification")))


def test_a_member_comes_back_with_a_code_and_the_state(bench: CollectorBench) -> None:
    answer = bench.authorize()

    assert answer.status == 302
    assert answer.headers["location"].startswith(bench.client()["redirect_uri"] + "?")
    assert set(landing(answer)) == {"code", "state"}
    assert landing(answer)["state"] == "a-state"


def test_who_has_not_logged_in_is_sent_to_the_log_in(bench: CollectorBench) -> None:
    query = {"client_id": bench.client()["client_id"], "redirect_uri": bench.client()["redirect_uri"],
             "response_type": "code", "connection": "member-email-idp-recaptcha", "scope": SUMMARY,
             "audience": "loyalty-api"}  # fmt: skip
    answer = bench.answer("authorize", b"", {"cookie": "other=x; session=forged"}, query=query, method="GET")

    assert (answer.status, landing(answer)) == (302, {})


@pytest.mark.parametrize("field", ["response_type", "connection", "scope", "audience"])
def test_a_request_that_lacks_something_comes_back_with_an_error(bench: CollectorBench, field: str) -> None:
    answer = bench.authorize(**{field: None})

    assert answer.status == 302
    assert landing(answer)["error"] == "invalid_request"
    assert "code" not in landing(answer)


@pytest.mark.parametrize(
    "changed",
    [{"client_id": None}, {"client_id": "x"}, {"redirect_uri": None}, {"redirect_uri": "https://stranger.test/"}],
)
def test_nobody_is_redirected_for_an_unknown_client_or_address(bench: CollectorBench, changed: dict[str, None]) -> None:
    """Redirecting would serve whoever wrote the link."""
    answer = bench.authorize(**changed)

    assert answer.status == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize("changed", [{"code_challenge": None}, {"code_challenge_method": "plain"}])
def test_a_native_application_needs_a_challenge_by_s256(bench: CollectorBench, changed: dict[str, None]) -> None:
    assert "code" not in landing(bench.authorize(kind="native", **changed))


def test_a_code_buys_tokens_that_say_for_whom(bench: CollectorBench) -> None:
    granted = bench.granted()
    claims = _claims(granted["access_token"])

    assert granted["token_type"] == "Bearer"
    assert granted["expires_in"] == 86400
    assert granted["scope"] == f"{SUMMARY} {PROFILE}"
    assert "refresh_token" not in granted
    assert claims["collector"] == bench.number("existing")
    assert claims["aud"] == "loyalty-api"
    assert claims["azp"] == bench.client()["client_id"]
    assert claims["iss"] == "https://oauth-cert.airmiles.ca/"
    assert float(str(claims["exp"])) == bench.now.timestamp() + 86400
    assert "scope" not in _claims(granted["id_token"])


@pytest.mark.parametrize("kind", ["web", "native"])
def test_a_code_is_good_once(bench: CollectorBench, kind: str) -> None:
    code = landing(bench.authorize(kind=kind))["code"]

    assert [bench.exchange(code, kind).status for _ in range(2)] == [200, 403]


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 403)])
def test_a_code_is_good_for_a_minute(bench: CollectorBench, seconds: int, status: int) -> None:
    code = landing(bench.authorize())["code"]
    bench.wait(seconds)

    assert bench.exchange(code).status == status


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_secret": "x"}, 401),
        ({"client_secret": None}, 401),
        ({"client_id": "x"}, 401),
        ({"redirect_uri": "https://stranger.test/"}, 403),
        ({"redirect_uri": None}, 403),
        ({"code": "x"}, 403),
        ({"code": None}, 403),
        ({"grant_type": "password"}, 400),
        ({"grant_type": None}, 400),
    ],
)
def test_a_web_code_needs_everything_right(bench: CollectorBench, changed: dict[str, str | None], status: int) -> None:
    answer = bench.exchange(**({"code": landing(bench.authorize())["code"]} | changed))

    assert answer.status == status
    assert "access_token" not in told(answer)


@pytest.mark.parametrize("verifier", [None, "", "another-verifier-of-sufficient-length-0123456789"])
def test_a_native_code_needs_its_verifier(bench: CollectorBench, verifier: str | None) -> None:
    code = landing(bench.authorize(kind="native"))["code"]

    assert bench.exchange(code, "native", code_verifier=verifier).status == 403
    assert bench.exchange(code, "native").status == 200


def test_a_web_application_may_use_pkce_too(bench: CollectorBench) -> None:
    asked = {"code_challenge": challenge(VERIFIER), "code_challenge_method": "S256"}
    code = landing(bench.authorize(**asked))["code"]

    assert bench.exchange(code).status == 403
    assert bench.exchange(code, code_verifier=VERIFIER).status == 200


def test_one_applications_code_is_worthless_to_the_other(bench: CollectorBench) -> None:
    assert bench.exchange(landing(bench.authorize(kind="native"))["code"], "web", code_verifier=VERIFIER).status == 403


def test_a_machine_gets_what_is_approved(bench: CollectorBench) -> None:
    """Without a scope everything; with one that and no more; for an audience nobody knows nothing."""
    everything, one = bench.grant(audience="loyalty-api"), bench.grant(audience="loyalty-api", scope=f"{SUMMARY} x")

    assert set(told(everything)["scope"].split()) == {SUMMARY, PROFILE, ENROLLMENT}
    assert told(one)["scope"] == SUMMARY
    assert "scope" not in told(bench.grant())
    assert "refresh_token" not in told(everything)
    assert "collector" not in _claims(told(everything)["access_token"])
    assert bench.grant(audience="urn:no:such").status == 403
    assert told(bench.grant(audience="x"))["error_description"].startswith("Service not enabled within domain")


def test_a_wrong_secret_is_answered_as_the_platform_does(bench: CollectorBench) -> None:
    answer = bench.grant(client_secret="x")

    assert answer.status == 401
    assert told(answer) == {"error": "access_denied", "error_description": "Unauthorized"}


def test_a_native_application_gets_no_token_of_its_own(bench: CollectorBench) -> None:
    client_id = bench.client("native")["client_id"]

    assert bench.form(grant_type="client_credentials", client_id=client_id, audience="loyalty-api").status == 401


def test_a_refresh_token_comes_only_when_asked_for_and_renews(bench: CollectorBench) -> None:
    granted = bench.granted(scopes=f"{SUMMARY} {OFFLINE}")
    bench.wait(86400)
    renewed = told(bench.refresh(granted["refresh_token"]))

    assert bench.summary(granted["access_token"]).status == 401
    assert told(bench.summary(renewed["access_token"]))["collectorNumber"] == bench.number("existing")
    assert "refresh_token" not in renewed


def test_a_refresh_token_is_worth_nothing_to_another_or_once_ended_or_revoked(bench: CollectorBench) -> None:
    first, second = (bench.granted(scopes=OFFLINE, role=role)["refresh_token"] for role in ("existing", "collecting"))

    assert bench.refresh(first, client_id=bench.client("native")["client_id"], client_secret=None).status == 403
    assert bench.refresh(first, client_secret="x").status == 401
    assert bench.refresh("x").status == 403
    bench.simulator.revoke_refresh_tokens(bench.number("existing"))
    assert [bench.refresh(token).status for token in (first, second)] == [403, 200]
    bench.wait(2592000)
    assert bench.refresh(second).status == 403


def test_refresh_tokens_rotate_where_they_are_said_to() -> None:
    bench = CollectorBench(oauth_refresh_rotation=True)
    first = bench.granted(scopes=f"{SUMMARY} {OFFLINE}")["refresh_token"]
    second = told(bench.refresh(first))["refresh_token"]

    assert [bench.refresh(token).status for token in (first, second)] == [403, 200]


def test_a_standing_refresh_token_outlives_everything() -> None:
    """It stands for a log-in made by hand, on which whole runs lean."""
    bench = CollectorBench(oauth_refresh_rotation=True)
    token = bench.roles["members"]["existing"]["refresh_token"]
    bench.simulator.revoke_refresh_tokens(bench.number("existing"))
    bench.wait(10 * 2592000)

    for _ in range(2):
        renewed = told(bench.refresh(token))
        assert bench.summary(renewed["access_token"]).status == 200
        assert "refresh_token" not in renewed


def test_the_next_grant_can_be_spoilt(bench: CollectorBench) -> None:
    """A success without a token, and one whose token has ended before it was granted; then all is well again."""
    for how in ("without a token", "already ended"):
        bench.simulator.spoil_next_grant(how)
    without, ended, good = (bench.grant(audience="loyalty-api") for _ in range(3))

    assert [answer.status for answer in (without, ended, good)] == [200, 200, 200]
    assert "access_token" not in told(without)
    assert [bench.enrol(token=told(a)["access_token"]).status for a in (ended, good)] == [401, 201]
    with pytest.raises(ValueError, match="no grant is spoilt"):
        bench.simulator.spoil_next_grant("somehow")


def test_the_environments_share_nothing(bench: CollectorBench) -> None:
    """Neither client ids, nor secrets, nor keys, nor codes."""
    mine, theirs = (bench.client(environment=where) for where in ("certification", "production"))
    token = bench.member()

    assert not set(mine.values()) & set(theirs.values())
    assert bench.grant("production", client_id=mine["client_id"], client_secret=mine["client_secret"]).status == 401
    assert bench.exchange(landing(bench.authorize())["code"], environment="production").status == 403
    assert bench.summary(token).status == 200
    assert bench.summary(token, environment="production").status == 401
    assert bench.summary(bench.member(environment="production")).status == 401


def test_the_production_issuer_is_the_production_host(bench: CollectorBench) -> None:
    claims = jwt.claims_of(bench.member(environment="production"), key_of("production"))

    assert claims["iss"] == "https://oauth.airmiles.ca/"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer x", "Bearer a.b.c", "Bearer ..", "bearer x"]
)
def test_what_is_no_token_opens_nothing(bench: CollectorBench, header: str) -> None:
    answer = bench.call("getSummary", token="", authorization=header, method="GET")

    assert answer.status == 401


def test_a_forged_token_opens_nothing(bench: CollectorBench) -> None:
    """Neither one that somebody else signed, nor one that was altered, nor an ID token."""
    granted = bench.granted()
    good = granted["access_token"]
    forged = jwt.issue(_claims(good), RsaKey.generate())
    other = bench.member("another member").split(".")
    altered = ".".join([good.split(".")[0], other[1], good.split(".")[2]])

    assert [bench.summary(token).status for token in (good, forged, altered, granted["id_token"])] == [
        200,
        401,
        401,
        401,
    ]


def test_a_token_opens_only_its_own_api(bench: CollectorBench) -> None:
    assert bench.enrol(token=bench.token()).status == 401
    assert bench.call("postMiles", bench.sale(), token=bench.machine()).status == 403


def test_bearer_is_read_without_regard_to_case(bench: CollectorBench) -> None:
    answer = bench.call("getSummary", token="", authorization=f"bearer {bench.member()}", method="GET")

    assert answer.status == 200


def test_nobody_logs_in_as_nobody(bench: CollectorBench) -> None:
    with pytest.raises(KeyError):
        bench.simulator.log_in("80000009999")
