"""Somebody leaks what the run knows where no mask looks: each time the place is told, never the value, and nothing is sealed."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from accredit.evidence import bundle
from accredit.evidence.bundle import make_evidence
from accredit.evidence.keys import load_private, make_key
from accredit.evidence.leaks import Leaked
from accredit.model.provider import Masking
from accredit.suite.places import reports_folder
from accredit.wire.hidden import Search, Values
from tests.conftest import MINI, Ended, chained
from tests.test_leak_gate import DISGUISES, PACKED, TEXT, VALUE

HEAD, CLAIMS, SIGNED = "eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJhbmEtNDcxMSJ9", "c2lnbmF0dXJlLXMzY3JldC00NzEx"
SECRETS = {VALUE: "[client_secret:1f3a9c20]", f"{HEAD}.{CLAIMS}.{SIGNED}": "[access_token:2f3a9c20]"}
KNOWN = Values(SECRETS, segment="journal.jsonl", since=dict.fromkeys(SECRETS, 0))
HIDDEN = Search([KNOWN], Masking(secret=("client_secret",), source="tests", provenance="inferred"))
SAID: dict[str, bytes] = {name: DISGUISES[name](VALUE) for name in sorted(TEXT)} | {
    "claims of a JWT": CLAIMS.encode(),
    "claims of a JWT, read": b'{"sub":"ana-4711"}',
    "signature of a JWT": SIGNED.encode(),
}


def _records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line)["record"] for line in (folder / "journal.jsonl").read_bytes().splitlines()]


@pytest.fixture
def run(sealed: Ended, tmp_path: Path) -> Path:
    """A copy of a run's records, with nothing made of them."""
    folder = tmp_path / sealed.folder.name
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes((sealed.folder / "journal.jsonl").read_bytes())
    return folder


def _refused(folder: Path) -> Leaked:
    """What is said when this run is to be sealed."""
    make_key(folder.parent / "key")
    with pytest.raises(Leaked) as refused:
        make_evidence(folder, MINI, reports_folder(), load_private(folder.parent / "key"), hidden=HIDDEN)
    return refused.value


@pytest.mark.parametrize("disguise", SAID)
def test_a_secret_in_a_record_is_told_by_file_line_and_byte(disguise: str, run: Path):
    """In whatever disguise; what is left behind keeps a later process, which knows no value, from sealing these records."""
    *records, footer = _records(run)
    remark = {"kind": "remark", "text": f"before {SAID[disguise].decode()} after"}
    lines = list(chained([*records, remark, footer]))
    (run / "journal.jsonl").write_bytes(b"".join(lines))
    before = sum(map(len, lines[: len(records)]))
    leaked = _refused(run)
    with pytest.raises(Leaked) as later:
        make_evidence(run, MINI, reports_folder(), load_private(run.parent / "key"))

    assert leaked.exit_code == later.value.exit_code == 4
    [first, *_] = leaked.leaks
    assert (first.file, first.name) == (
        "journal.jsonl",
        SECRETS[VALUE if "JWT" not in disguise else next(reversed(SECRETS))],
    )
    assert first.place.startswith(f"line {len(records) + 1}")
    assert before < first.offset < before + len(lines[len(records)])
    for said in (str(leaked), str(later.value), (run / "leak-scan.json").read_text()):
        assert "journal.jsonl" in said
        assert "s3cret" not in said.lower()
        assert SAID[disguise].decode() not in said
    assert not list(run.parent.glob("*.zip"))
    assert not (run / "report.html").exists()


@pytest.mark.parametrize("packing", PACKED)
def test_a_secret_in_what_is_rendered_is_told_by_its_place_within(
    packing: str, run: Path, monkeypatch: pytest.MonkeyPatch
):
    """In a stream of the PDF, a member of the workbook or the page's packed data: what had been made is gone."""
    name, pack = PACKED[packing]
    name = "packed.jsonl" if name == "journal.jsonl" else name
    monkeypatch.setattr(bundle, "FILES", {name: lambda _: [pack(f"so: {VALUE}.".encode())]})
    leaked = _refused(run)

    assert {(leak.file, leak.name) for leak in leaked.leaks} == {(name, SECRETS[VALUE])}
    assert all(leak.place for leak in leaked.leaks)
    assert "s3cret" not in str(leaked)
    assert not (run / name).exists()
    assert not list(run.parent.glob("*.zip"))


@pytest.mark.parametrize("written", ["token", "token.encode().hex()", "token.upper()"])
def test_a_token_in_the_name_of_a_header_is_found(
    written: str, mini: Callable[..., Ended], own_mini: Path, tmp_path: Path
):
    """Only the values of headers are masked. The command ends with 4 and names the record."""
    path = own_mini / "contracts" / "mini" / "simulator.py"
    before = '        if call.operation == "readMember":\n'
    text, token = path.read_text(), 'call.headers["authorization"].removeprefix("Bearer ")'
    assert text.count(before) == 1
    leak = f"""\
            token = {token}
            answer = self.member(call.path.rpartition("/")[2])
            return Answer(answer.status, answer.body, {{**answer.headers, "x-" + {written}: "1"}})
"""
    path.write_text(text.replace(before, before + leak))
    ended = mini("--make-key", tmp_path / "key", "--only", "MI-01", suite=own_mini)

    assert ended.code == 4, ended.said
    assert "journal.jsonl, line " in ended.said
    assert "/response/headers/" in ended.said
    assert "[access_token:" in ended.said
    assert not list(ended.output.glob("*.zip"))


def test_bytes_after_sealing_are_not_what_was_searched(sealed: Ended):
    """Every file of the bundle is in the scan by its digest, so that what it speaks of is beyond doubt."""
    with zipfile.ZipFile(sealed.bundle) as sealed_files:
        scan = json.loads(sealed_files.read("leak-scan.json"))
        manifest = json.loads(sealed_files.read("manifest.json"))
    digests = {subject["name"]: subject["digest"]["sha256"] for subject in manifest["subject"]}

    assert scan["files"] == {name: digest for name, digest in digests.items() if name != "leak-scan.json"}
