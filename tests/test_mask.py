"""What is secret or personal is masked before it is written, in every disguise; the rest stays readable."""

import base64
import json
import random
import re
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.model.curl import curl
from accredit.model.exchange import Exchange, Request
from accredit.model.keys import RsaKey
from accredit.model.provider import Masking
from accredit.wire.mask import Mask

RULES = Masking(personal=("ffn", "document.number", "names", "email"), secret=("access_token", "client_secret"), shortened=("client_id",),
                source="tests", provenance="inferred")  # fmt: skip


@pytest.fixture
def mask() -> Mask:
    return Mask(RULES, b"a key for this test")


@pytest.mark.parametrize("dress", [str.strip, lambda pem: pem.replace("\n", "\r\n"), lambda pem: "".join(pem.splitlines()[1:-1]),
                                   lambda pem: pem.splitlines()[2], lambda pem: "\n".join("  " + line for line in pem.splitlines())])  # fmt: skip
def test_no_piece_of_a_key_is_written(mask, dress):
    """A private key, as it is, on one line, line by line."""
    pem = RsaKey.generate().private_pem().decode()
    mask.learn("signing_key", pem)
    secret = pem.splitlines()[1:-1]

    assert not any(line in mask.text(f"so: {dress(pem)}!") for line in secret if len(line) >= 16)


def test_a_secret_read_with_the_end_of_its_line_is_masked_without_it(mask):
    mask.learn("client_secret", "s3cret-s3cret\n")

    assert "s3cret" not in mask.text("it is s3cret-s3cret")


def test_what_a_token_endpoint_gives_is_secret_without_being_declared():
    mask = Mask(RULES, b"key", secret=("jeton",))

    assert "abcdefgh" not in mask.body(b'{"jeton": "abcdefgh"}', "application/json")


def test_declared_names_are_masked_in_json(mask):
    """A declared name is masked wherever it stands, and so is everything below it; undeclared names are left alone."""
    told = {"ffn": "12345678901", "document": {"number": "AB123456", "type": "CPF"}, "names": {"first": "Alba", "last": "Prova"}, "id": 192,
            "status": "PROCESSED", "list": [{"email": "alba@example.test"}]}  # fmt: skip
    shown = json.loads(mask.body(json.dumps(told).encode(), "application/json"))

    assert shown["ffn"].startswith("[ffn:")
    assert shown["document"]["number"].startswith("[number:")
    assert shown["document"]["type"] == "CPF"
    assert shown["names"]["first"].startswith("[names.first:")
    assert shown["list"][0]["email"].startswith("[email:")
    assert (shown["id"], shown["status"]) == (192, "PROCESSED")


def test_equal_values_stay_equal_and_others_differ(mask):
    """Two places of one value show one token; another run's key gives another."""
    assert mask.learn("ffn", "12345678901") == mask.learn("ffn", "12345678901")
    assert mask.learn("ffn", "12345678901") != mask.learn("ffn", "12345678902")
    assert Mask(RULES, b"another key").learn("ffn", "12345678901") != mask.learn("ffn", "12345678901")


@pytest.mark.parametrize(
    "disguised",
    [
        lambda v: v,
        lambda v: quote(v, safe=""),
        lambda v: base64.b64encode(v.encode()).decode(),
        lambda v: base64.b64encode(b"x:" + v.encode() + b":yz").decode(),
        lambda v: base64.urlsafe_b64encode(b"ab" + v.encode()).decode(),
        lambda v: json.dumps(v)[1:-1],
        lambda v: json.dumps(v, ensure_ascii=False)[1:-1],
    ],
    ids=["raw", "percent", "base64", "base64 inside", "base64 url", "json", "json unicode"],
)
@pytest.mark.parametrize("value", ["s3cret/with+chars=", "maría@example.test", 'quo"ted value', "90000000101"])
def test_learned_values_are_found_in_every_disguise(mask, disguised, value):
    """A value learned in one place is masked in any text, however it was encoded there."""
    mask.learn("client_secret", value)
    shown = mask.text(f"before {disguised(value)} after")

    assert "[client_secret:" in shown
    assert disguised(value) not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=5, max_size=40, alphabet=st.characters(exclude_categories=["Cs", "Cc"])), st.binary(max_size=5))
def test_no_value_survives_base64_at_any_offset(value, before):
    """Whatever stands before it, a learned value is found inside base64."""
    mask = Mask(RULES, b"key")
    mask.learn("client_secret", value)
    text = base64.b64encode(before + value.encode() + b"!tail").decode()

    assert "[client_secret:" in mask.text(text)


def test_headers_urls_and_forms_are_masked(mask):
    """Authorization keeps its scheme, tokens and query parameters go, a client id keeps its beginning."""
    headers = dict(
        mask.headers(
            [
                ("Authorization", "Basic Y2xpZW50OnNlY3JldA=="),
                ("access_token", "tok-123456"),
                ("client_id", "abcdefgh1234"),
                ("accept", "*/*"),
            ]
        )
    )

    assert headers["Authorization"].startswith("Basic [authorization:")
    assert headers["access_token"].startswith("[access_token:")
    assert headers["client_id"] == "abcd…"
    assert headers["accept"] == "*/*"
    assert "12345678901" not in mask.url("https://h/p?ffn=12345678901&id=7")
    assert "id=7" in mask.url("https://h/p?ffn=12345678901&id=7")
    assert "s3cret-s3cret" not in mask.body(
        b"client_secret=s3cret-s3cret&grant_type=x", "application/x-www-form-urlencoded"
    )


def test_short_values_are_masked_in_place_only(mask):
    """A value too short to be told from chance is masked where it is declared, and leaves other texts readable."""
    body = mask.body(b'{"names": {"initial": "F"}}', "application/json")

    assert '"F"' not in body
    assert mask.text("First Fruit") == "First Fruit"


def test_what_is_no_text_is_described(mask):
    """Bytes that are no text are not written down at all."""
    assert mask.body(b"\xff\xfe\x00", "image/png") == "[3 bytes of image/png, not text]"


def test_broken_json_keeps_its_shape_and_no_value(mask):
    """JSON that was cut off cannot be masked by name, so every value in it is hidden; names stay readable."""
    whole = json.dumps({"ffn": "12345678901", "points": 120, "names": {"first": "Alba"}, "list": ["Prova", 4711]})
    for end in range(1, len(whole)):
        shown = mask.body(whole[:end].encode(), "application/json")
        for value in ("1234", "120", "Alba", "Prova", "4711"):
            assert value not in shown, shown
    assert '"names": {"first": "[hidden]"' in mask.body(whole[:-12].encode(), "application/json")


def test_a_curl_line_names_variables_for_what_was_shortened():
    """In a form and in JSON: what begins it would not be accepted in its place."""
    form = Request("POST", "https://h/p", (), "grant_type=x&client_id=clie%E2%80%A6")
    body = Request("POST", "https://h/p", (), '{"clientId": "clie…", "n": 1}')

    told = [curl(Exchange(1, "op", "simulator", "", sent)) for sent in (form, body)]

    assert told[0] == """curl -X POST --data-raw 'grant_type=x&client_id='"$CLIENT_ID" https://h/p"""
    assert told[1] == """curl -X POST --data-raw '{"clientId": "'"$CLIENTID"'", "n": 1}' https://h/p"""


def test_a_curl_line_names_variables_for_what_was_masked(mask):
    """The line to repeat an exchange holds variables where secrets were, quoted for a shell."""
    token = mask.learn("access_token", "tok-123456")
    line = curl(
        Exchange(
            1,
            "op",
            "simulator",
            "",
            Request("POST", "https://h/p?a=b&c=d", (("access_token", token), ("host", "h")), "it's"),
        )
    )

    assert line == """curl -X POST -H 'access_token: '"$ACCESS_TOKEN" --data-raw 'it'"'"'s' 'https://h/p?a=b&c=d'"""


def test_any_number_of_values_is_found(mask):
    """Thousands of learned values are each masked by their own token, however many were learned after them."""
    chance = random.Random(5)
    values = [f"{chance.getrandbits(64):016x}" for _ in range(3000)]
    tokens = [mask.learn("access_token", value) for value in values]
    text = " and ".join(base64.b64encode(v.encode()).decode() if n % 7 == 0 else v for n, v in enumerate(values))
    shown = mask.text(text).split(" and ")

    assert [token in piece for token, piece in zip(tokens, shown, strict=True)] == [True] * 3000
    assert [piece for n, piece in enumerate(shown) if n % 7] == [token for n, token in enumerate(tokens) if n % 7]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(alphabet="abü€😀\ud800", min_size=5, max_size=9), max_size=60),
    st.text(alphabet="abü€😀\ud800", max_size=300),
)
def test_what_is_learned_is_gone_and_the_rest_is_as_it_was(values, text):
    """No learned value is left in any text, and each character that belongs to none is."""
    mask = Mask(RULES, b"key")
    for value in values:
        mask.learn("client_secret", value)
    covered = {place for v in values for at in range(len(text)) if text.startswith(v, at) for place in range(at, at + len(v))}  # fmt: skip
    shown = re.sub(r"\[client_secret:[0-9a-f]{8}\]", "", mask.text(text))

    assert shown == "".join(letter for place, letter in enumerate(text) if place not in covered)


def test_values_that_overlap_are_hidden_together(mask):
    """Of two values that share letters no piece of either is left; the longer one's token stands for both."""
    mask.learn("email", "alba@example.test")
    token = mask.learn("ffn", "example.test/member/4711")

    assert mask.text("see alba@example.test/member/4711!") == f"see {token}!"


def test_a_long_text_is_searched_to_its_end(mask):
    """A value is found wherever it stands in a text of megabytes, also across the pieces in which it is looked through."""
    token = mask.learn("ffn", "12345678901")

    for before in (0, 65530, 65536, 131070, 1_000_000):
        assert mask.text("x" * before + "12345678901y") == "x" * before + f"{token}y"


def test_a_token_is_not_masked_again(mask):
    """A value that happens to be a declared name does not spoil the tokens of that name."""
    token = mask.learn("email", "alba@example.test")
    shown = mask.learn("names", "email")

    assert mask.text("write to alba@example.test by email") == f"write to {token} by {shown}"
    assert mask.text(f"write to {token}") == f"write to {token}"


def test_what_was_made_up_is_masked_and_not_learned(mask):
    """A generated request is masked by name; only values that were learned before are hunted in other places."""
    known = mask.learn("ffn", "12345678901")
    body = mask.passing.body(
        b'{"ffn": "99999999999", "email": "12345678901", "note": "of 12345678901"}', "application/json"
    )
    shown = json.loads(mask.text(body))

    assert shown["ffn"].startswith("[ffn:")
    assert (shown["email"], shown["note"]) == (known, f"of {known}")
    assert mask.learned == {"12345678901"}
    assert shown["ffn"] == mask.learn("ffn", "99999999999"), "a value learned later keeps the token it was shown by"
