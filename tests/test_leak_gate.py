"""Nothing is sealed that holds a secret or personal value of its run, in whatever form and however it is packed."""

import base64
import gzip
import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from accredit.evidence.leaks import Leaked, LeakGate
from accredit.model.disguise import disguises
from accredit.model.leaks import Leak
from accredit.model.provider import Masking
from accredit.wire.hidden import Search, Values
from accredit.wire.mask import Mask
from tests.conftest import MINI, Ended, accredit

RULES = Masking(personal=("email",), secret=("client_secret",), source="tests", provenance="inferred")
VALUE = "María's s3cret/with+chars=ÿ?>"
SECRETS = {
    VALUE: "[client_secret:1f3a9c20]",
    "90000000101": "[ffn:2b3a9c21]",
    "plain-s3cret-plain": "[access_token:3f3a9c20]",
}


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data)


DISGUISES: dict[str, Callable[[str], bytes]] = {
    "raw": lambda v: v.encode(),
    "percent": lambda v: quote(v, safe="").encode(),
    "percent, lower": lambda v: "".join(f"%{b:02x}" for b in v.encode()).encode(),
    "percent twice": lambda v: quote(quote(v, safe=""), safe="").encode(),
    "base64": lambda v: _b64(v.encode()),
    "base64 at 1": lambda v: _b64(b"x" + v.encode() + b"yz"),
    "base64 at 2": lambda v: _b64(b"xy" + v.encode() + b"zzz"),
    "base64 url": lambda v: base64.urlsafe_b64encode(b"xy" + v.encode() + b"zzz"),
    "hex": lambda v: v.encode().hex().encode(),
    "hex, upper": lambda v: v.encode().hex().upper().encode(),
    "json": lambda v: json.dumps(v).encode(),
    "json, upper": lambda v: re.sub(r"u00(..)", lambda m: f"u00{m[1].upper()}", json.dumps(v)).encode(),
    "json, slash": lambda v: json.dumps(v).replace("/", "\\/").encode(),
    "json, every letter": lambda v: "".join(f"\\u{ord(c):04x}" for c in v).encode(),
    "json in json": lambda v: json.dumps(json.dumps(v)).encode(),
    "json in json, every letter": lambda v: "".join(f"\\\\u{ord(c):04x}" for c in v).encode(),
    "json in a script": lambda v: json.dumps(v).replace("'", "\\u0027").replace(">", "\\u003e").encode(),
    "html, named": lambda v: v.replace("'", "&apos;").replace(">", "&gt;").encode(),
    "html, as jinja": lambda v: v.replace("'", "&#39;").replace(">", "&gt;").encode(),
    "html, decimal": lambda v: "".join(f"&#{ord(c)};" for c in v).encode(),
    "html, hex": lambda v: "".join(f"&#x{ord(c):X};" for c in v).encode(),
    "upper case": lambda v: v.upper().encode(),
    "lower case": lambda v: v.lower().encode(),
    "utf-16": lambda v: v.encode("utf-16-be"),
    "utf-16, little": lambda v: v.encode("utf-16-le"),
    "utf-16 in hex, as PDF": lambda v: b"<FEFF" + v.encode("utf-16-be").hex().upper().encode() + b">",
}
TEXT = frozenset(DISGUISES) - {"utf-16", "utf-16, little", "utf-16 in hex, as PDF"}


def _zipped(data: bytes, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        archive.writestr("xl/sharedStrings.xml", data)
    return packed.getvalue()


def _pdf(data: bytes) -> bytes:
    return (
        b"%PDF-1.7\n4 0 obj\n<</Filter /FlateDecode>>\nstream\n" + zlib.compress(data) + b"\nendstream\nendobj\n%%EOF\n"
    )


def _raw_deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


FILLER = "".join(f"<p>item {n}, a line of no interest</p>\n" for n in range(50)).encode()
PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "zip": ("a.xlsx", _zipped),
    "zip in zip": ("a.zip", lambda d: _zipped(_zipped(d))),
    "gzip": ("a.gz", gzip.compress),
    "PDF": ("report.pdf", _pdf),
    "PDF in zip": ("a.zip", lambda d: _zipped(_pdf(d), zipfile.ZIP_STORED)),
    "gzip in base64 in a page": ("report.html", lambda d: FILLER + b"<script>" + _b64(gzip.compress(FILLER + d)) + b"</script>" + FILLER),
    "deflate in base64 in a page": ("report.html", lambda d: FILLER + b'<i data-x="' + _b64(_raw_deflated(FILLER + d)) + b'">'),
    "zlib in base64 in a record": ("journal.jsonl", lambda d: b'{"body":"' + _b64(zlib.compress(FILLER + d)) + b'"}\n'),
    "gzip in base64 in a record": ("journal.jsonl", lambda d: b'{"body":"' + _b64(gzip.compress(FILLER + d)) + b'"}\n'),
    "zip in base64 in a record": ("exchanges.har", lambda d: b'{"text":"' + _b64(_zipped(FILLER + d)) + b'"}\n'),
}  # fmt: skip


def gate(
    values: dict[str, str] = SECRETS, published: tuple[bytes, ...] = (), given: frozenset[str] = frozenset()
) -> LeakGate:
    return LeakGate(Search([Values(values, given)], RULES), published)


def found_in(name: str, data: bytes) -> set[str]:
    """The names of what is found in a file."""
    here = gate()
    here.take(name, data)
    return {leak.name for leak in here.leaks}


@pytest.mark.parametrize("value", SECRETS)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_value_is_found_in_every_disguise(disguise, value):
    data = b'{"text":"before ' + DISGUISES[disguise](value) + b' after"}'

    assert SECRETS[value] in found_in("exchanges.har", data)


@pytest.mark.parametrize("value", SECRETS)
@pytest.mark.parametrize("disguise", sorted(TEXT))
def test_the_mask_knows_what_the_gate_knows(disguise, value):
    """What the gate would refuse in a text is masked there: else a run could not be sealed that did nothing wrong."""
    mask = Mask(RULES, b"key")
    mask.learn("client_secret", value)
    shown = mask.text(f"before {DISGUISES[disguise](value).decode()} after")

    assert found_in("a.txt", shown.encode()) == set()
    assert "[client_secret:" in shown


@pytest.mark.parametrize("packing", PACKED)
def test_a_value_is_found_however_it_is_packed(packing):
    name, pack = PACKED[packing]

    assert found_in(name, pack(b"so: plain-s3cret-plain.")) == {"[access_token:3f3a9c20]"}
    assert found_in(name, pack(b"nothing here.")) == set()


@pytest.mark.parametrize("shift", range(-20, 3))
def test_a_value_across_the_border_of_two_pieces_is_found_once(shift, tmp_path):
    """Files are gone through a mebibyte at a time."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"\n" * (1024 * 1024 + shift) + b"plain-s3cret-plain" + b"\n" * 100)
    here = gate()
    here.take("journal.jsonl", path)

    assert [leak.offset for leak in here.leaks] == [1024 * 1024 + shift]


@pytest.mark.parametrize("shift", [-80, -64, -41, -40, -39, -1, 0, 1])
@pytest.mark.parametrize("name", ["exchanges.har", "report.html"])
def test_what_is_packed_across_the_border_of_two_pieces_is_unpacked_once(name, shift, tmp_path):
    """What was gone through is let go of, and what begins there is still read to its end."""
    path = tmp_path / name
    packed = _b64(gzip.compress(FILLER + b"plain-s3cret-plain", mtime=0))
    path.write_bytes(b"\n" * (1024 * 1024 + shift) + packed + b"\n" * 2 * 1024 * 1024)
    here = gate()
    here.take(name, path)

    assert [leak.place for leak in here.leaks] == [f"base64 at {1024 * 1024 + shift}"]


def test_values_that_begin_alike_are_told_apart():
    """Addresses differ in their ends; one may be another's beginning."""
    ends = ["a", "ab", *(f"{'x' * length}{last}" for length in range(40) for last in "yz")]
    values = {f"https://partner.example/{end}": f"[location:{place:08x}]" for place, end in enumerate(ends)}
    here = gate(values)
    for value in values:
        here.take(value, f'"{value}"'.encode())

    assert {(leak.file, leak.name) for leak in here.leaks} >= values.items()
    longer = [file for file in values if file.endswith("/ab")]
    assert {leak.name for leak in here.leaks if leak.file in longer} == {
        values[v] for v in values if longer[0].startswith(v)
    }


def test_the_parts_of_a_token_are_secrets_too():
    """Its claims, encoded or not, and its signature; its head is everybody's."""
    head, told, signed = (
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"RS256"}', b'{"sub":"ana-4711"}', b"\x07" * 32)
    )
    here = gate({f"{head}.{told}.{signed}": "[access_token:3f3a9c20]"})
    for part in (told, signed, '{"sub":"ana-4711"}', head):
        here.take(part, f"so {part}!".encode())

    assert {leak.file for leak in here.leaks} == {told, signed, '{"sub":"ana-4711"}'}


def test_a_leak_is_told_by_its_place_and_never_by_its_value():
    """File, line, JSON pointer, byte, and the name that stands in the value's token; a pointer that holds it is left out."""
    here = gate()
    here.take(
        "journal.jsonl",
        b'{"a":1}\n{"response":{"headers":["x","plain-s3cret-plain"]}}\n{"plain-s3cret-plain":"plain-s3cret-plain"}\n',
    )

    assert [str(leak) for leak in here.leaks][:2] == [
        "journal.jsonl, line 2, /response/headers/1, byte 37: [access_token:3f3a9c20]",
        "journal.jsonl, line 3, byte 62: [access_token:3f3a9c20]",
    ]
    assert not any("s3cret" in str(leak) for leak in here.leaks)


def test_values_too_short_to_be_looked_for_are_counted():
    search = Search([Values({"BR": "[nationality:1]", "plain-s3cret": "[x:2]"})], RULES)

    assert (search.sought.values, search.sought.too_short) == (1, 1)


def test_short_values_count_where_they_stand_alone():
    """Five digits turn up in any digest and any measured time."""
    here = gate({"40001": "[zip:1f3a9c20]"})
    here.take("journal.jsonl", b'{"chain":"ab40001c","elapsed":0.40001,"size":140001}')
    here.take("report.html", b"<p>lives in 40001</p>")

    assert [leak.file for leak in here.leaks] == ["report.html"]


def test_a_word_of_the_suite_is_no_secret_unless_the_provider_gave_it():
    """`FEMALE` stands in the contract; a client's secret there would be a leak, whoever wrote it."""
    values = {"FEMALE": "[gender:1f3a9c20]", "given-s3cret": "[client_secret:1f3a9c21]"}
    here = gate(values, (b"enum: [MALE, FEMALE] # given-s3cret",), frozenset({"given-s3cret"}))
    here.take("report.html", b"<td>FEMALE</td>")
    here.take("judged-by/openapi.yaml", b"enum: [MALE, FEMALE] # given-s3cret", published=True)

    assert [(leak.file, leak.name) for leak in here.leaks] == [("judged-by/openapi.yaml", "[client_secret:1f3a9c21]")]
    assert here.scan.common == 1


def test_a_credential_that_is_a_common_word_is_told_by_its_cause():
    """Masking cannot help where the provider gave a word that contracts hold too: it leaks all the same, and the message says what to do."""
    values, given = (
        {"staging": "[client_secret:1f3a9c20]", "s3cret-4711": "[api_key:1f3a9c21]"},
        frozenset({"staging", "s3cret-4711"}),
    )
    here = gate(values, (b"servers: [staging, production]",), given)
    here.take("journal.jsonl", b'{"label":"staging","key":"s3cret-4711"}')

    with pytest.raises(Leaked) as refused:
        here.must_be_clean()

    said = str(refused.value)
    assert "[client_secret:1f3a9c20]: this credential also stands in texts that anybody can read" in said
    assert "[api_key:1f3a9c21]: this" not in said
    assert "staging" not in said
    assert [Leak(**leak).everyday for leak in json.loads(here.told)["leaks"]] == [True, False]


def test_what_cannot_be_looked_into_is_named():
    here = gate()
    here.take("attachments/shown.png", b"\x89PNG\r\n\x1a\n....")
    here.take("a.zip", b"PK\x03\x04 no zip")

    assert here.scan.closed == ("a.zip", "attachments/shown.png")


def test_a_refusal_tells_no_secret_by_saying_what_is_wrong():
    """Words at a declared name are masked there, and do not make a secret of the same words elsewhere; a value does."""
    mask = Mask(RULES, b"key")
    shown = mask.refusing.body(
        b'{"email": "must not be null", "client_secret": "s3cret-4711 is wrong"}', "application/json"
    )

    assert "must not be null" not in shown
    assert mask.text("must not be null") == "must not be null"
    assert mask.text("s3cret-4711 is wrong") != "s3cret-4711 is wrong"
    assert len(disguises("s3cret-4711 is wrong")) > 5


def test_a_run_tells_what_was_looked_for(sealed: Ended):
    """How many values, in how many forms, over how many bytes; and every file that was gone through, by its digest."""
    with zipfile.ZipFile(sealed.bundle) as bundle:
        told = json.loads(bundle.read("leak-scan.json"))
        names = set(bundle.namelist())

    assert told["scanned"]
    assert told["values"] > 5
    assert told["forms"] > told["values"]
    assert set(told["files"]) == names - {"leak-scan.json", "manifest.json", "manifest.dsse.json"}
    assert "leaks:   " in sealed.said
    assert "none found" in accredit("verify", sealed.bundle).stdout
    assert told["canaries"]["met_by_the_mask"] > 2
    assert told["canaries"]["planted"]["email"] == 2


def test_a_run_of_several_processes_looks_for_what_each_of_them_learned(mini, tmp_path):
    """Workers tell what they learned over the pipe: more tokens than the one that leads could know."""
    alone = json.loads((mini("--make-key", tmp_path / "key").folder / "leak-scan.json").read_bytes())
    shutil.rmtree(tmp_path / "evidence")
    told = json.loads((mini("--make-key", tmp_path / "key", "--workers", 2).folder / "leak-scan.json").read_bytes())

    assert alone["scanned"]
    assert told["scanned"]
    assert told["values"] >= alone["values"]
    assert {"journal.gw0.jsonl", "journal.gw1.jsonl"} <= set(told["files"])


def test_a_broken_mask_keeps_a_run_from_being_sealed(mini, own_mini: Path, tmp_path: Path):
    """A rule is missing: what the simulator planted is found, its place is told, and nothing is left to be sent."""
    facts = own_mini / "contracts" / "mini" / "provider.toml"
    facts.write_text(facts.read_text().replace('personal = ["card", "email"]', 'personal = ["card"]'))
    ended = mini("--make-key", tmp_path / "key", suite=own_mini)

    assert ended.code == 4
    assert "journal.jsonl, line " in ended.said
    assert "/response/body" in ended.said
    assert "[email, a canary]" in ended.said
    assert "@" not in ended.said
    assert not list(ended.output.glob("*.zip"))
    assert not (ended.folder / "report.html").exists()


def test_evidence_made_again_keeps_what_the_scan_said(sealed: Ended, tmp_path: Path):
    """Values are never written, so a later process cannot look for them; of the same records the first scan still speaks."""
    folder = Path(shutil.copytree(sealed.folder, tmp_path / sealed.folder.name))
    key = sealed.output.parent / "signing.key"
    again = accredit("report", folder, "--key", key, "--suite", MINI)
    first = sealed.bundle.read_bytes()

    assert next(tmp_path.glob("*.zip")).read_bytes() == first
    (folder / "leak-scan.json").unlink()
    later = accredit("report", folder, "--key", key, "--suite", MINI)
    assert "none found" in again.stdout
    assert "not scanned for leaks: the process that knew the values" in later.stdout
