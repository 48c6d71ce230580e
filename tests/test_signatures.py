"""HTTP message signatures of the draft's shape, held to published vectors and to the ways of getting them wrong."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from accredit import RsaKey, signatures

VECTORS = Path(__file__).parent / "vectors" / "signatures"
SIGNED: list[dict[str, Any]] = json.loads((VECTORS / "signed.json").read_text(encoding="utf-8"))
DIGESTS: dict[str, list[dict[str, str]]] = json.loads((VECTORS / "digests.json").read_text())
V1 = SIGNED[0]
FINGERPRINTS = {
    "k1": "6abc29c310d9c042fd93e21828b8178161400a3b78adf0f09d62ac13712eb5fe",
    "k2": "c73eecd318bd3813f2402a660d8a90010ca35d609d19377d5ee7af200713229f",
}

signed = pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
with_key = pytest.mark.parametrize(
    ("vector", "key_name"),
    [pytest.param(vector, name, id=f"{vector['name']}-{name}") for vector in SIGNED for name in vector["signatures"]],
)


def key(name: str) -> RsaKey:
    """One of the two published test keys."""
    return RsaKey.from_pem((VECTORS / f"{name}_private.pem").read_bytes())


def string_of(vector: dict[str, Any]) -> bytes:
    """What is signed for a vector: three lines."""
    return signatures.signing_string(vector["created"], vector["digest"], "POST", vector["target"])


def der(pem: bytes) -> bytes:
    """The bytes between a PEM's first and last line."""
    return base64.b64decode(b"".join(pem.strip().splitlines()[1:-1]))


@pytest.mark.parametrize("name", ["k1", "k2"])
def test_a_key_is_the_published_one(name):
    """The public half of the private key is the published public key, DER byte for byte."""
    public = key(name).public_pem()

    assert der(public) == der((VECTORS / f"{name}_public.pem").read_bytes())
    assert hashlib.sha256(der(public)).hexdigest() == FINGERPRINTS[name]


def test_a_key_survives_being_written_down():
    """A generated key, written as PEM and read again, still fits its signatures."""
    made = RsaKey.generate()
    again = RsaKey.from_pem(made.private_pem())

    assert again.public_pem() == made.public_pem()
    assert made.verify_sha256(b"three lines", again.sign_sha256(b"three lines"))
    assert not key("k2").verify_sha256(b"three lines", again.sign_sha256(b"three lines"))


@pytest.mark.parametrize("vector", DIGESTS["right"], ids=lambda vector: vector["name"])
def test_a_digest_is_the_published_one(vector):
    """D1 to D3: SHA-512 of the bytes as sent, base64 of the raw hash."""
    assert signatures.digest(vector["body"].encode()) == vector["digest"]


@pytest.mark.parametrize("vector", DIGESTS["wrong"], ids=lambda vector: vector["name"])
def test_a_mistaken_digest_is_another_value(vector):
    """D4 to D6: another algorithm, the hexadecimal text, another alphabet."""
    assert signatures.digest(vector["body"].encode()) != vector["digest"]


def test_sha_256_can_be_had_by_name():
    """D4, asked for by name: what a scenario needs in order to send the wrong algorithm."""
    [d4] = [vector for vector in DIGESTS["wrong"] if vector["name"] == "D4"]

    assert signatures.digest(d4["body"].encode(), "SHA-256") == d4["digest"]


@signed
def test_the_digest_of_a_signed_body_is_the_vectors(vector):
    """V1 and P1 to P3; P3's body is not ASCII and is hashed as UTF-8."""
    assert signatures.digest(vector["body"].encode()) == vector["digest"]


def test_a_body_written_with_blanks_has_another_digest():
    """The bytes are hashed, not what they mean."""
    respaced = json.dumps(json.loads(SIGNED[1]["body"])).encode()

    assert signatures.digest(respaced) == (
        "SHA-512=JvNvEgcmp4esCQj/v6lPedB1HObP/veepcpOqD/+eg+QMgFnq193d+dIq+Ek5UFvAsLBi69idmTfs98ojhiq/g=="
    )


@signed
def test_the_signing_string_is_the_vectors(vector):
    """Three lines, joined by line feeds, none at the end."""
    string = string_of(vector)

    assert len(string) == vector["string_bytes"]
    assert hashlib.sha256(string).hexdigest() == vector["string_sha256"]


def test_the_signing_string_reads_as_the_draft_says():
    """V1 in plain sight."""
    assert string_of(V1).decode().split("\n") == [
        "(created): 1594222776",
        f"digest: {V1['digest']}",
        "(request-target): post /foo?param=value&pet=dog",
    ]


@with_key
def test_a_signature_is_the_vectors(vector, key_name):
    """PKCS #1 v1.5 gives the same bytes each time, so signatures are compared for equality."""
    signature = key(key_name).sign_sha256(string_of(vector))

    assert base64.b64encode(signature).decode() == vector["signatures"][key_name]
    assert key(key_name).verify_sha256(string_of(vector), signature)


ALTERED = {
    "the lines in another order": lambda lines: b"\n".join([lines[2], lines[0], lines[1]]),
    "a line feed at the end": lambda lines: b"\n".join(lines) + b"\n",
    "carriage returns in the joins": lambda lines: b"\r\n".join(lines),
    "the method in capitals": lambda lines: b"\n".join(lines).replace(b": post /", b": POST /"),
    "no query": lambda lines: b"\n".join(lines).partition(b"?")[0],
    "a whole address as the target": lambda lines: b"\n".join(lines).replace(b"post /", b"post https://example.com/"),
    "created in quotes": lambda lines: b"\n".join(lines).replace(b"1594222776", b'"1594222776"'),
    "created in milliseconds": lambda lines: b"\n".join(lines).replace(b"1594222776", b"1594222776000"),
    "Digest with a capital": lambda lines: b"\n".join(lines).replace(b"digest:", b"Digest:"),
    "the digest without its algorithm": lambda lines: b"\n".join(lines).replace(b"SHA-512=", b""),
    "no blank after the colon": lambda lines: b"\n".join(line.replace(b": ", b":", 1) for line in lines),
    "the algorithm of the digest in small letters": lambda lines: b"\n".join(lines).replace(b"SHA-512=", b"sha-512="),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_an_altered_string_does_not_fit(alter):
    """Twelve ways to get V1's string wrong, none of which V1's signature covers."""
    right = string_of(V1)
    altered = alter(right.split(b"\n"))

    assert altered != right
    assert not key("k1").verify_sha256(altered, base64.b64decode(V1["signatures"]["k1"]))


def test_the_header_is_written_as_published():
    """Five parameters, `created` bare, commas without blanks, the fixed list of three."""
    signature = V1["signatures"]["k1"]

    assert signatures.header("key1", 1594222776, base64.b64decode(signature)) == (
        'keyId="key1",algorithm="RSA-SHA256",created=1594222776,headers="(created) digest (request-target)",'
        f'signature="{signature}"'
    )


def test_a_header_is_read_back():
    """Values without their quotes, whatever the order of the parameters; unknown ones are kept."""
    written = signatures.header("key1", 1594222776, b"\xfa\xfb")
    turned = ",".join(reversed(written.split(",")))

    assert signatures.parse(written) == signatures.parse(turned)
    assert signatures.parse(written) == {
        "keyId": "key1",
        "algorithm": "RSA-SHA256",
        "created": "1594222776",
        "headers": "(created) digest (request-target)",
        "signature": "+vs=",
    }
    assert signatures.parse('keyId="a", flavour="sweet"')["flavour"] == "sweet"


@pytest.mark.parametrize(
    "broken",
    [
        'keyId="a",keyId="b"',
        'keyId="a",created=1,created=1',
        'keyId="a',
        "keyId",
        'keyId="a",,signature="b"',
        'keyId="a" signature="b"',
        "",
    ],
)
def test_a_broken_header_cannot_be_read(broken):
    """A repeated parameter or broken syntax makes the whole signature unprocessable."""
    with pytest.raises(ValueError, match=r"\S"):
        signatures.parse(broken)
