"""Bell Points: what the words do."""

import json
from typing import Any

from pytest_bdd import parsers, then, when

from accredit import Api, Callbacks, Control, Expected, Partner, Reply, Signer, expect_equal


def _credit(partner: Partner, callbacks: Callbacks, points: int) -> dict[str, Any]:
    user = partner.member("collecting")["user"]
    return {"id": partner.new_id("credit"), "user": user, "points": points, "ring": callbacks.url}


@when(parsers.parse("the partner credits {points:d} points"), target_fixture="expected")
def credited(api: Api, partner: Partner, callbacks: Callbacks, points: int) -> Expected:
    told = _credit(partner, callbacks, points)
    echo = {"user": told["user"], "points": points}
    expected = callbacks.expect("creditDone", by={"id": told["id"]}, echo=echo, within=30)
    expect_equal("the answer", api.call("credit", json=told, sign=partner.claims("signing")).status, 202)
    return expected


@then(parsers.parse("within {seconds:d} seconds the bell rings for them"))
def rings(callbacks: Callbacks, expected: Expected, seconds: int) -> None:
    expect_equal("the delivery", callbacks.wait_for(expected).kind, "as promised")


@when(parsers.parse("the partner credits {points:d} points without signing"), target_fixture="reply")
def unsigned(api: Api, partner: Partner, callbacks: Callbacks, points: int) -> Reply:
    return api.call("credit", json=_credit(partner, callbacks, points))


@when(parsers.parse("the partner credits {points:d} points, and {other:d} arrive"), target_fixture="reply")
def changed(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, points: int, other: int) -> Reply:
    told = _credit(partner, callbacks, points)
    headers = signer.headers("post", "/v1/credits", json.dumps(told).encode())
    return api.call("credit", content=json.dumps({**told, "points": other}).encode(), headers=headers)


@then("it is refused")
def refused(reply: Reply) -> None:
    expect_equal("the answer", reply.status, 401)


@when("the bell rings for a credit that was never sent")
def forged(simulator: Control, callbacks: Callbacks) -> None:
    simulator.forge(callbacks.url)


@then("that is on record")
def on_record(callbacks: Callbacks) -> None:
    expect_equal("deliveries nobody asked for", len(callbacks.claim("unmatched")), 1)
