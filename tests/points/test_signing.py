"""Signed calls: what holds, and every way in which a signature is refused."""

import json
from typing import Any

import pytest

from accredit import signatures
from tests.points.bench import TARGET, Bench

LIST = "(created) digest (request-target)"


def test_a_signed_call_is_accepted(bench: Bench) -> None:
    assert bench.send_signed().status == 202


@pytest.mark.parametrize("indent", [None, 2])
def test_the_bytes_are_signed_not_their_meaning(bench: Bench, indent: int | None) -> None:
    body = json.dumps(bench.body(requestId="คำขอ-1"), indent=indent, ensure_ascii=False).encode()

    assert bench.send_signed(bench.signed(body)).status == 202


def test_a_query_is_signed_too(bench: Bench) -> None:
    target = f"{TARGET}?org=demo&x=1"

    assert bench.send_signed(bench.signed(target=target), target=target).status == 202
    assert bench.send_signed(bench.signed(), target=target).status == 401
    assert bench.send_signed(bench.signed(target=f"{TARGET}-else")).status == 401


@pytest.mark.parametrize("missing", ["digest", "signature"])
def test_digest_and_signature_come_together(bench: Bench, missing: str) -> None:
    body, headers = bench.signed()
    del headers[missing]

    assert bench.send_signed((body, headers)).status == 401


@pytest.mark.parametrize("digest", [
    signatures.digest(b"another body"), "SHA-512=", "SHA-512=ü", "sha-512", "", "SHA-256=" + "A" * 44,
])  # fmt: skip
def test_the_digest_is_of_this_body_by_sha_512(bench: Bench, digest: str) -> None:
    """Signed over the digest that is sent, so that nothing else is wrong."""
    assert bench.send_signed(bench.signed(digest=digest or " ")).status == 401


def test_sha_256_is_refused_even_of_the_right_body(bench: Bench) -> None:
    body = json.dumps(bench.body()).encode()

    assert bench.send_signed(bench.signed(body, digest=signatures.digest(body, "SHA-256"))).status == 401


def test_a_changed_body_is_refused_and_moves_nothing(bench: Bench) -> None:
    body, headers = bench.signed()

    assert bench.send_signed((body.replace(b"10", b"90", 1), headers)).status == 401
    assert bench.results() == []
    assert bench.balance() == 100


@pytest.mark.parametrize(("old", "new"), [
    ("keyId=", "key="), ('algorithm="RSA-SHA256"', 'algorithm="rsa-sha256"'), ('algorithm="RSA-SHA256"', 'algorithm="hs2019"'),
    (LIST, "(request-target) (created) digest"), (LIST, "(created) digest"), ("signature=", "sig="), ("created=", "expires="), (",", ";"),
])  # fmt: skip
def test_the_header_is_read_to_the_letter(bench: Bench, old: str, new: str) -> None:
    body, headers = bench.signed()

    assert bench.send_signed((body, headers | {"signature": headers["signature"].replace(old, new, 1)})).status == 401


@pytest.mark.parametrize("more", [',keyId="x"', ",created=1", ',signature="eA=="'])
def test_a_repeated_parameter_spoils_it(bench: Bench, more: str) -> None:
    body, headers = bench.signed()

    assert bench.send_signed((body, headers | {"signature": headers["signature"] + more})).status == 401


def test_the_order_of_parameters_does_not_matter(bench: Bench) -> None:
    """The draft gives them none."""
    body, headers = bench.signed()
    turned = ",".join(reversed(headers["signature"].split(",")))

    assert bench.send_signed((body, headers | {"signature": turned})).status == 202


@pytest.mark.parametrize("spelt", ["rsa-sha256", "hs2019"])
def test_lenience_is_a_setting(spelt: str) -> None:
    bench = Bench(signature_strictness="lenient")
    body, headers = bench.signed()

    assert (
        bench.send_signed((body, headers | {"signature": headers["signature"].replace("RSA-SHA256", spelt)})).status
        == 202
    )


@pytest.mark.parametrize(("settings", "offset", "status"), [
    ({}, 1, 401), ({}, 0, 202), ({}, -300, 202), ({}, -301, 401), ({"signature_aheadSeconds": 30}, 30, 202),
    ({"signature_aheadSeconds": 30}, 31, 401), ({"signature_oldestSeconds": 0}, -10**6, 202),
])  # fmt: skip
def test_how_old_and_how_early_is_a_setting(settings: dict[str, Any], offset: int, status: int) -> None:
    bench = Bench(**settings)

    assert bench.send_signed(bench.signed(created=int(bench.now.timestamp()) + offset)).status == status


def test_milliseconds_are_no_seconds(bench: Bench) -> None:
    assert bench.send_signed(bench.signed(created=int(bench.now.timestamp() * 1000))).status == 401


def test_a_key_is_the_callers_own(bench: Bench) -> None:
    key_id, pem = bench.simulator.others_key()
    own = bench.simulator.access("certification")

    assert bench.send_signed(bench.signed(key=(key_id, pem))).status == 401
    assert bench.send_signed(bench.signed(key=(own["signing_key_id"], pem))).status == 401
    assert bench.send_signed(bench.signed(key=("no-such-key", own["signing_key"]))).status == 401


def test_keys_overlap_until_one_is_withdrawn(bench: Bench) -> None:
    second = bench.simulator.add_key()
    both = [bench.send_signed(bench.signed(key=key)).status for key in (None, second)]
    bench.simulator.withdraw_key(second[0])

    assert both == [202, 202]
    assert [bench.send_signed(bench.signed(key=key)).status for key in (None, second)] == [202, 401]


def test_where_one_key_is_all_the_second_takes_its_place() -> None:
    bench = Bench(signature_keys="one")
    second = bench.simulator.add_key()

    assert [bench.send_signed(bench.signed(key=key)).status for key in (None, second)] == [401, 202]


@pytest.mark.parametrize(("mode", "statuses"), [
    ("required_if_enabled", [202, 202, 401]), ("optional", [202, 202, 202]), ("off", [202, 202, 202]),
])  # fmt: skip
def test_who_signs_must_go_on_signing_unless_set_otherwise(mode: str, statuses: list[int]) -> None:
    bench = Bench(signature_mode=mode)

    assert [bench.ask().status, bench.send_signed().status, bench.ask().status] == statuses


def test_a_signature_that_does_not_hold_enables_nothing(bench: Bench) -> None:
    body, headers = bench.signed()
    bench.send_signed((body + b" ", headers))

    assert bench.ask().status == 202


def test_a_gateways_prefix_is_not_signed() -> None:
    bench = Bench(signature_strippedPrefix="/gateway")

    assert bench.send_signed(bench.signed(), target=f"/gateway{TARGET}").status == 202


@pytest.mark.parametrize("status", [400, 403])
def test_the_status_of_a_refusal_is_a_setting(status: int) -> None:
    bench = Bench(errors_badSignature=status)
    body, headers = bench.signed()

    assert bench.send_signed((body + b" ", headers)).status == status
