"""Signed calls, and every way in which a signature can be wrong."""

import json
from collections.abc import Iterator, Sequence

from pytest_bdd import given, parsers, then, when

from accredit import (
    Api,
    Callbacks,
    CannotJudge,
    Clock,
    Control,
    Exchange,
    NotApplicable,
    Partner,
    RsaKey,
    Signer,
    expect_equal,
    signatures,
)

from . import signed, words
from .words import Asked

_MINUTE = 60


@given("the partner's signed calls are accepted", target_fixture="target")
def accepted_when_signed(api: Api, partner: Partner, callbacks: Callbacks, exchanges: Sequence[Exchange]) -> str:
    """Path and query of the points call, as the partner's client sends them. What follows would else show nothing."""
    words.needs_signing(partner)
    words.done(api, partner, callbacks, "earn", "earning", 1)
    return words.target_of(words.calls(exchanges, "requestPoints")[-1])


@given("signatures are read to the letter")
def strict(partner: Partner) -> None:
    if partner.setting("signature.strictness") != "strict":
        raise NotApplicable("other spellings pass, as configured")


@given("a second key of the partner's has been registered", target_fixture="second")
def second_key(simulator: Control, partner: Partner, clock: Clock) -> Iterator[Signer]:
    if partner.setting("signature.keys") != "several":
        raise NotApplicable("a client has one key, as configured")
    key_id, pem = simulator.add_key()
    yield Signer(RsaKey.from_pem(pem.encode()), key_id, clock.now)
    simulator.withdraw_key(key_id)


@given("the second key has been withdrawn")
def withdrawn(simulator: Control, second: Signer) -> None:
    simulator.withdraw_key(second.key_id)


@when(
    parsers.re(
        "the partner sends a call signed with (?P<fault>a repeated parameter|no key id|no value|its algorithm in small letters)"
    ),
    target_fixture="asked",
)
def signed_with(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, fault: str) -> Asked:
    call = signed.prepared(partner, callbacks, signer, target)
    call.headers["Signature"] = signed.WRITTEN[fault](call.headers["Signature"])
    return signed.sent(api, partner, callbacks, call)


@when("the partner sends a call signed with a time in milliseconds", target_fixture="asked")
def in_milliseconds(
    api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock
) -> Asked:
    created = int(clock.now().timestamp() * 1000)
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, signer, target, created=created))


@when("the partner sends a call signed with its lines in another order", target_fixture="asked")
def in_another_order(
    api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock
) -> Asked:
    """Well signed over the list that it names; only that list is not the one which is asked for."""
    call = signed.prepared(partner, callbacks, signer, target)
    created = int(clock.now().timestamp())
    lines = signatures.signing_string(created, call.headers["Digest"], "POST", target).split(b"\n")
    signature = signer.key.sign_sha256(b"\n".join([lines[2], lines[0], lines[1]]))
    header = signatures.header(signer.key_id, created, signature)
    ordered = header.replace("(created) digest (request-target)", "(request-target) (created) digest")
    call.headers["Signature"] = ordered
    return signed.sent(api, partner, callbacks, call)


@when(parsers.parse("the partner sends a signed call whose body is written {layout}"), target_fixture="asked")
def laid_out(api: Api, partner: Partner, callbacks: Callbacks, layout: str) -> Asked:
    other = {"requestId": f"{signed.THAI}-{words.request_id(partner)}"} if "Thai" in layout else {}
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, "earning"), 10, **other)
    awaited = words.expected(partner, callbacks, told)
    return Asked(told, awaited, words.call(api, partner, content=signed.LAYOUTS[layout](told).encode(), sign=True))


@when(
    parsers.parse('the partner sends a call for "{role}" whose amount was changed after signing'),
    target_fixture="asked",
)
def changed_body(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, role: str) -> Asked:
    call = signed.prepared(partner, callbacks, signer, target, role=role)
    call.body = call.body.replace(b'"amount": 10', b'"amount": 90')
    if json.loads(call.body) == call.told:
        raise CannotJudge("the body was not changed; the step no longer fits how requests are written")
    return signed.sent(api, partner, callbacks, call)


@when("the partner sends a call signed with no digest", target_fixture="asked")
def no_digest(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str) -> Asked:
    call = signed.prepared(partner, callbacks, signer, target)
    del call.headers["Digest"]
    return signed.sent(api, partner, callbacks, call)


@when(
    parsers.re("the partner sends a call signed with (?P<which>the digest of another body|a digest by SHA-256)"),
    target_fixture="asked",
)
def other_digest(
    api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock, which: str
) -> Asked:
    """Signed over the digest that is sent, so that only the digest itself is wrong."""
    call = signed.prepared(partner, callbacks, signer, target)
    by_256 = signatures.digest(call.body, "SHA-256")
    signed.resign(signer, call, target, clock, by_256 if "256" in which else signatures.digest(b"{}"))
    return signed.sent(api, partner, callbacks, call)


@when("the partner sends a call signed for another path", target_fixture="asked")
def other_path(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str) -> Asked:
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, signer, f"{target}-elsewhere"))


@when("the partner sends a call signed for the same path, a query missing", target_fixture="asked")
def added_query(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str) -> Asked:
    call = signed.prepared(partner, callbacks, signer, target)
    call.query = {"added": "1"}
    return signed.sent(api, partner, callbacks, call)


@when("the partner sends a call signed a minute ahead", target_fixture="asked")
def ahead(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock) -> Asked:
    created = int(clock.now().timestamp()) + _MINUTE + int(partner.setting("signature.aheadSeconds"))
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, signer, target, created=created))


@when("the partner sends a call signed a minute before the oldest age", target_fixture="asked")
def stale(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock) -> Asked:
    created = int(clock.now().timestamp()) - _MINUTE - int(partner.setting("signature.oldestSeconds"))
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, signer, target, created=created))


@when("the partner sends a call signed with an unknown key id", target_fixture="asked")
def unknown_key(api: Api, partner: Partner, callbacks: Callbacks, signer: Signer, target: str, clock: Clock) -> Asked:
    unknown = Signer(signer.key, "no-such-key", clock.now)
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, unknown, target))


@when("the partner sends a call signed with the key of another client", target_fixture="asked")
def others_key(
    simulator: Control, api: Api, partner: Partner, callbacks: Callbacks, target: str, clock: Clock
) -> Asked:
    key_id, pem = simulator.others_key()
    other = Signer(RsaKey.from_pem(pem.encode()), key_id, clock.now)
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, other, target))


@when("the partner sends a call signed with the second key", target_fixture="asked")
def with_second_key(api: Api, partner: Partner, callbacks: Callbacks, second: Signer, target: str) -> Asked:
    return signed.sent(api, partner, callbacks, signed.prepared(partner, callbacks, second, target), renew=True)


@when("the partner sends a call without a signature", target_fixture="asked")
def unsigned(api: Api, partner: Partner, callbacks: Callbacks) -> Asked:
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, "earning"), 10)
    return words.send(api, partner, callbacks, told, sign=False, renew=False)


@then("the call is refused for its signature, and no result follows")
def refused(asked: Asked, partner: Partner, callbacks: Callbacks, clock: Clock) -> None:
    words.expect_refused(partner, clock, callbacks, asked, partner.setting("errors.badSignature"))


@then("the call is refused for its age, unless no age is too old")
def refused_for_age(asked: Asked, partner: Partner, callbacks: Callbacks, clock: Clock) -> None:
    if partner.setting("signature.oldestSeconds"):
        refused(asked, partner, callbacks, clock)
    else:
        _expect_taken(asked, callbacks)


@then("the call is refused for having no signature, unless none is required")
def refused_unsigned(asked: Asked, partner: Partner, callbacks: Callbacks, clock: Clock) -> None:
    if partner.setting("signature.mode") == "required_if_enabled":
        refused(asked, partner, callbacks, clock)
    else:
        _expect_taken(asked, callbacks)


def _expect_taken(asked: Asked, callbacks: Callbacks) -> None:
    words.expect_accepted(asked)
    expect_equal("the status", words.result(callbacks, asked).get("status"), "success")
