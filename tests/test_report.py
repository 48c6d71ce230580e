"""The report as a file: its bytes, its policy, and what is packed in it."""

import base64
import hashlib
import json
import re
import zlib
from typing import Any

import pytest

from accredit.evidence.packed import MOST_EXCHANGES, Packed
from accredit.evidence.pictures import Pictures
from accredit.model.curl import curl
from accredit.model.exchange import Exchange, Request, Response
from accredit.model.visible import shown, visible
from tests.conftest import MINI, Ended, accredit

ELEMENT = re.compile(
    r'<script type="application/octet-stream" class="(\w+)" data-from="(\d+)" data-to="(\d+)">([^<]*)</script>'
)


def exchange(number: int, body: str = "", *, elapsed: float | None = 0.01, status: int = 200) -> Exchange:
    answer = Response(status, body=body)
    return Exchange(
        number, "credit", "simulator", "2026-11-21T14:00:00.000Z", Request("GET", "https://x/"), answer, elapsed
    )


def unpacked(text: str, kind: str) -> list[tuple[int, int, list[Any]]]:
    """First and last number of each chunk, and what it holds."""
    found = [m for m in ELEMENT.findall(text) if m[0] == kind]
    return [
        (int(first), int(last), json.loads(zlib.decompress(base64.b64decode(data), -15)))
        for _, first, last, data in found
    ]


def packed(*exchanges: Exchange) -> str:
    with Packed() as taker:
        for one in exchanges:
            taker.take(one)
        return "".join(taker.elements())


def test_the_report_carries_every_exchange(sealed: Ended) -> None:
    """As the journal has it, with the line that repeats it."""
    report = (sealed.folder / "report.html").read_text()
    details = [one for _, _, chunk in unpacked(report, "details") for one in chunk]

    assert [one["number"] for one in details] == [e.number for e in sealed.exchanges]
    assert [one.get("curl") for one in details] == [curl(e) for e in sealed.exchanges]
    assert details[0]["response"]["body"] == sealed.exchanges[0].response.body


def test_the_policy_allows_this_script_and_this_style_alone(sealed: Ended) -> None:
    """By their digests; nothing may be fetched, and no markup carries script or style of its own."""
    report = (sealed.folder / "report.html").read_text()
    script, style = (
        re.findall(r"<script>(.*?)</script>", report, re.S),
        re.findall(r"<style>(.*?)</style>", report, re.S),
    )
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (*script, *style)]
    policy = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', report)

    assert policy == [
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; base-uri 'none'; form-action 'none'"
    ]
    assert not re.search(r"<[^>]+\s(style|on\w+)=", report)
    assert not re.search(r'(src|href)="(?!#)', report)


def test_the_same_journal_gives_the_same_report(sealed: Ended) -> None:
    """Byte for byte."""
    before = (sealed.folder / "report.html").read_bytes()
    again = accredit("report", sealed.folder, "--suite", MINI)

    assert again.returncode == 0
    assert (sealed.folder / "report.html").read_bytes() == before


def test_a_chunk_is_never_large() -> None:
    """It ends after so many exchanges, or after one that is very long; each says which numbers it holds."""
    many = unpacked(packed(*(exchange(n) for n in range(1, MOST_EXCHANGES + 2))), "details")
    long = unpacked(packed(exchange(1), exchange(5, "x" * 2_000_000), exchange(9)), "details")

    assert [(first, last) for first, last, _ in many] == [(1, MOST_EXCHANGES), (MOST_EXCHANGES + 1, MOST_EXCHANGES + 1)]
    assert [(first, last) for first, last, _ in long] == [(1, 5), (9, 9)]


def test_what_has_no_unicode_is_packed_all_the_same() -> None:
    """Half a surrogate pair, NUL and the end of a script come out as they went in."""
    hostile = "\ud800 \x00 </script><!-- \u202e"
    text = packed(exchange(1, hostile))

    assert unpacked(text, "details")[0][2][0]["response"]["body"] == hostile
    assert text.isascii()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain, ñ, 日本, 🙂\n\t", "plain, ñ, 日本, 🙂\n\t"),
        ("12\u202e34", "12⟨U+202E⟩34"),
        ("\x00\x1b[2J\ud800\u200b", "⟨U+0000⟩⟨U+001B⟩[2J⟨U+D800⟩⟨U+200B⟩"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, wanted: str) -> None:
    """Everything else stays as it is."""
    assert visible(text) == wanted


def test_what_is_too_long_to_read_is_cut_and_says_so() -> None:
    """With how much is missing, and where it is."""
    assert shown("a" * 12, most=10) == "a" * 10 + " [… 2 characters more, in journal.jsonl]"


def test_durations_are_never_told_too_short() -> None:
    """What is said to be enough was enough, and at most two per cent too much."""
    taken = [0.001 * n for n in range(1, 101)]
    pictures = Pictures(len(taken), ())
    for number, elapsed in enumerate(taken, 1):
        pictures.take(exchange(number, elapsed=elapsed))
    [(_, durations)] = pictures.durations

    assert 50 <= durations.within(0.5) <= 51.01
    assert 95 <= durations.within(0.95) <= 96.91
    assert durations.within(1) == durations.slowest == pytest.approx(100)


def test_the_timeline_counts_every_exchange_once() -> None:
    """However many there are to a column."""
    pictures = Pictures(1_000, {7})
    for number in range(1, 1_001):
        pictures.take(exchange(number, status=200 if number % 3 else 503))
    columns = pictures.columns

    assert sum(c.kinds.total() for c in columns) == 1_000
    assert pictures.kinds == {"good": 667, "broken": 333}
    assert [c.marked for c in columns if c.marked] == [[7]]
    assert (columns[0].first, columns[-1].last) == (1, 1_000)
    assert all(bar.y >= 0 and bar.y + bar.height <= 100.01 for bar in pictures.bars())
