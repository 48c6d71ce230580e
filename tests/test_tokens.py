"""The token manager: what a token endpoint may answer, and what is made of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accredit.model import jwt
from accredit.model.errors import CannotJudge
from accredit.model.keys import RsaKey
from accredit.model.provider import Auth
from accredit.wire.clock import SimulatedClock
from accredit.wire.reply import Reply
from accredit.wire.tokens import Tokens

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AUTH = Auth(operation="requestToken", secrets=("client_id",), grant={"grant_type": "client_credentials"}, token_header="authorization",
            grant_secrets={"client_id": "client_id"}, grant_settings={"audience": "oauth.audience"}, lifetime_seconds=600,
            renew_before_seconds=60, source="tests", provenance="seed")  # fmt: skip


class Bench:
    """A token manager whose provider answers what it is told to."""

    def __init__(self, *answers: object, kind: str = "application/json") -> None:
        self.clock, self.sent, self.answers = SimulatedClock(NOW), list[dict[str, Any]](), list(answers)
        self.kind = kind
        self.tokens = Tokens(
            AUTH,
            lambda door, name: f"{door}'s {name}",
            {"oauth.audience": "urn:it"},
            self.clock,
            self.send,
            "certification",
        )

    def send(self, operation: str, **how: Any) -> Reply:
        self.sent.append(how)
        told = self.answers.pop(0)
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return Reply(200, {"content-type": self.kind}, body, len(self.sent))


def _jwt(ends: datetime) -> str:
    return jwt.issue({"exp": int(ends.timestamp())}, RsaKey.generate())


def test_the_grant_is_made_of_what_was_given_and_what_is_set():
    bench = Bench({"access_token": "t"})
    bench.tokens.current()

    assert bench.sent[0]["form"] == {
        "grant_type": "client_credentials",
        "client_id": "certification's client_id",
        "audience": "urn:it",
    }


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({}, "has no 'access_token'"),
        ({"access_token": ""}, "has no 'access_token'"),
        ({"access_token": 7}, "has no 'access_token'"),
        ([], "has no 'access_token'"),
        (b"<html>welcome</html>", "expected JSON"),
        (b'{"access_token": "', "expected JSON"),
        ({"access_token": _jwt(NOW - timedelta(seconds=1))}, "before it was granted"),
        ({"access_token": _jwt(NOW)}, "before it was granted"),
    ],
)
def test_an_answer_without_a_good_token_is_no_finding_but_leaves_nothing_to_judge(answer, says):
    """Each says what was answered, and in which exchange."""
    with pytest.raises(CannotJudge, match=says) as told:
        Bench(answer).tokens.current()
    assert "exchange 1" in str(told.value)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (900, 900),
        ("900", 900),
        (900.5, 900.5),
        (None, 600),
        ("soon", 600),
        ("²", 600),
        (-1, 600),
        (True, 600),
        (10**20, 600),
        ("nan", 600),
    ],
)
def test_a_token_is_kept_until_shortly_before_its_end(told, seconds):
    """The answer's lifetime where it can be meant, else the published one; renewed a minute before."""
    bench = Bench({"access_token": "old", "expires_in": told}, {"access_token": "new"})
    bench.tokens.current()
    bench.clock.wait(seconds - 60 - 0.5)
    before = bench.tokens.current()
    bench.clock.wait(0.5)

    assert (before, bench.tokens.current()) == ("old", "new")


def test_a_jwt_that_is_good_is_taken():
    good = _jwt(NOW + timedelta(hours=1))

    assert Bench({"access_token": good}).tokens.current() == good
