"""Three days watched in seconds: an outage, a kill, a torn line, a gap, a clock that went back; a recommendation, never a verdict."""

import io
import json
import re
import shutil
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from accredit.cli import main
from accredit.cli.cutover_watch import LookLines
from accredit.evidence.archive import digest
from accredit.evidence.statements import kept_in
from accredit.model.exchange import Exchange, Request, Response
from accredit.model.fallback import Advice, Recommendation, chance_of, percent, recommend
from accredit.model.probe import WatchFacts
from accredit.model.watched import Class, Folded, Schedule, class_of
from accredit.suite.catalogue import Dossier
from tests.conftest import ROOT
from tests.watching import Rehearsed, rehearsed

LATAM = Dossier("latam_pass", ROOT)
BEGAN = datetime(2026, 11, 24, 3, tzinfo=UTC)
EVERY = timedelta(minutes=15)
DAYS = Schedule(BEGAN, BEGAN + timedelta(hours=72), EVERY)
SETTINGS = {name: setting.value for name, setting in LATAM.provider.settings.items()}


def _facts() -> WatchFacts:
    assert LATAM.process is not None
    assert LATAM.process.watch is not None
    return LATAM.process.watch


def _call(
    at: datetime, status: int | None = 200, body: str = "{}", operation: str = "searchMember", **more: Any
) -> dict[str, Any]:
    came = Response(status, (), body) if status else None
    return Exchange(
        1, operation, "production", at.isoformat(), Request("GET", "https://x/"), came, 0.01, scenario="probe", **more
    ).to_record()


def _look(at: datetime) -> dict[str, Any]:
    return {"kind": "look", "due": at.isoformat(), "at": at.isoformat(), "failures": {}}


def _accruals(at: datetime, ages: Sequence[float | None]) -> dict[str, Any]:
    """An answer that shows accruals: final after so many seconds, or (None) not final after a day."""
    began = at - timedelta(days=1)
    items = [
        {"partnerTransactionId": f"t{n}", "status": "PROCESSING" if age is None else "PROCESSED", "createdAt": began.isoformat(),
         "updatedAt": (began + timedelta(seconds=age or 0)).isoformat()} for n, age in enumerate(ages)
    ]  # fmt: skip
    return _call(at, body=json.dumps({"accruals": items}), operation="getAccruals")


GOOD = (*[5.0] * 190, *[25.0], *[50.0], *[300.0] * 8)
"""200 accruals: a little better than the published table."""


def _three_days(
    *, down: range = range(0), status: int | None = 503, missed: range = range(0), ages: Sequence[float | None] = GOOD
) -> Recommendation:
    """What three days speak for in which so many looks in a row failed, or were missed."""
    folded = Folded(DAYS, LATAM.provider, _facts().finality)
    for number, at in enumerate(DAYS.times()):
        if number not in missed:
            folded.take(_call(at, status if number in down else 200))
            folded.take(_look(at))
    folded.take(_accruals(DAYS.until - EVERY, ages))
    return recommend(folded.watched, _facts(), SETTINGS, DAYS.until)


def test_three_good_days_speak_for_no_fallback():
    """Every look taken, nothing failed, statuses final as published."""
    assert _three_days().advice is Advice.NONE


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"down": range(100, 106)}, "longest time in which every look failed: 90 minutes, allowed 60 minutes"),
        ({"down": range(0, 288, 40)}, r"calls that failed: 2\.8 % \(8 of 289\), allowed 2\.0 %"),
        ({"down": range(0, 288, 18), "status": 429}, r"calls refused by 429: 5\.5 % \(16 of 289\)"),
        ({"down": range(0, 288, 40), "status": None}, "calls that failed"),
        ({"ages": [5.0] * 165 + [300.0] * 35}, r"final within 15 s: 82\.5 % \(165 of 200\), allowed 93\.0 % published"),
        ({"ages": [5.0] * 165 + [None] * 35}, "final within 60 s"),
    ],
    ids=["outage", "errors", "limits", "unreachable", "slow", "never final"],
)  # fmt: skip
def test_what_goes_beyond_a_threshold_speaks_for_a_fallback(seen, words):
    """Each measure by itself, with what was got, what is allowed and which setting says so."""
    told = _three_days(**seen)

    assert told.advice is Advice.FALLBACK
    assert re.search(words, "; ".join(told.reasons)), told.reasons


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"missed": range(50, 120)}, r"218 of 288 looks that were due were taken; it takes 90.0 %"),
        ({"ages": [5.0] * 5}, "5 transactions were followed, too few"),
        ({"ages": []}, "0 transactions were followed"),
    ],
    ids=["gaps", "few", "none"],
)
def test_what_was_not_seen_keeps_it_unknown(seen, words):
    """Silence is no proof that all is well."""
    told = _three_days(**seen)

    assert told.advice is Advice.UNKNOWN
    assert re.search(words, "; ".join(told.unknown)), told.unknown


def _asked(at: datetime, id_: str, *, shown: bool = False, status: int = 200) -> dict[str, Any]:
    """A call for one transaction, and an answer that shows it or not."""
    item = {
        "partnerTransactionId": id_,
        "status": "PROCESSING",
        "createdAt": at.isoformat(),
        "updatedAt": at.isoformat(),
    }
    record = _call(at, status, json.dumps({"accruals": [item] if shown else []}), "getAccruals")
    record["request"]["url"] += f"?partnerIdentifier=p&partnerTransactionId={id_}"
    return record


def _followed(*asked: dict[str, Any]) -> tuple[Folded, Recommendation]:
    """Three good days in which these transactions were asked for as well."""
    folded = Folded(DAYS, LATAM.provider, _facts().finality)
    for at in DAYS.times():
        folded.take(_call(at))
        folded.take(_look(at))
    folded.take(_accruals(DAYS.until - EVERY, GOOD))
    for record in asked:
        folded.take(record)
    return folded, recommend(folded.watched, _facts(), SETTINGS, DAYS.until)


LATE = DAYS.until - EVERY


def test_a_transaction_that_the_provider_never_shows_keeps_it_unknown():
    """Two hundred others became final as published; this one is named, is not as promised, and is no reason for a fallback either."""
    folded, told = _followed(*[_asked(LATE + timedelta(minutes=m), "tx-lost-1") for m in (0, 31)])

    assert told.advice is Advice.UNKNOWN
    assert not told.reasons
    assert "1 of 1 transactions not known to the provider so far" in told.unknown[0]
    assert "tx-lost-1" in told.unknown[0]
    assert "watch.longestMissingMinutes" in told.unknown[0]
    assert folded.watched.classes[Class.MISSING] == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([_asked(LATE, "t1")], "not known to the provider so far"),
        ([_asked(LATE, "t-1"), _asked(LATE + EVERY, "t-1", shown=True)], ""),
        ([_asked(LATE, "t-1", shown=True), _asked(LATE + EVERY, "t-1")], "no longer known to the provider"),
        ([_asked(LATE, "t-1", status=503)], "without an answer so far"),
        ([_asked(LATE, "t-1"), _asked(LATE + EVERY, "t-1", status=503)], "not known to the provider so far"),
        ([_asked(LATE, "t-1", shown=True), _asked(LATE + EVERY, "t-1", status=503)], ""),
    ],
    ids=["new", "came later", "vanished", "never answered", "then no answer", "known, then no answer"],
)
def test_what_is_known_of_a_transaction_is_told_as_it_is(asked, words):
    """Not shown, shown later, shown and lost again, or nobody answered; for a quarter of an hour that alone keeps nobody from judging."""
    folded = Folded(DAYS, LATAM.provider, _facts().finality)
    for record in asked:
        folded.take(record)

    assert "".join(missing.words for missing in folded.watched.missing.values()) == words


def test_a_transaction_of_a_moment_ago_is_named_and_waited_for():
    """It is on its way; the others are judged meanwhile."""
    folded, told = _followed(_asked(LATE, "tx-new"))

    assert told.advice is Advice.NONE
    assert list(folded.watched.missing) == ["tx-new"]


def test_a_look_that_misses_a_transaction_is_no_outage():
    """The provider answered; what it does not know is another matter."""
    folded = Folded(DAYS, LATAM.provider, _facts().finality)
    folded.take(_asked(BEGAN, "tx-lost-1"))
    folded.take(_look(BEGAN))

    assert (folded.watched.failed, folded.watched.errors) == (set(), 0)


def test_nothing_probed_is_unknown():
    """Never "no fallback"."""
    told = recommend(Folded(DAYS, LATAM.provider, None).watched, _facts(), SETTINGS, DAYS.until)

    assert (told.advice, told.unknown) == (Advice.UNKNOWN, ("nothing was probed",))


def test_a_watch_that_is_not_over_is_unknown():
    """Half of it went well, and half is yet to come."""
    folded = Folded(DAYS, LATAM.provider, None)
    for at in list(DAYS.times())[:144]:
        folded.take(_call(at))
        folded.take(_look(at))

    told = recommend(folded.watched, _facts(), SETTINGS, BEGAN + timedelta(hours=36))

    assert told.advice is Advice.UNKNOWN
    assert "looks are yet to come" in told.unknown[0]


def test_a_clock_that_went_back_is_found_in_the_records():
    """Times that overlap cannot be told apart, so nothing is certain."""
    folded = Folded(DAYS, LATAM.provider, None)
    for at in (BEGAN, BEGAN + timedelta(hours=2), BEGAN + timedelta(hours=1)):
        folded.take(_call(at))

    assert folded.watched.backwards == [(BEGAN + timedelta(hours=2), BEGAN + timedelta(hours=1))]
    told = recommend(folded.watched, _facts(), SETTINGS, BEGAN)
    assert told.advice is Advice.UNKNOWN


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (_call(BEGAN), Class.FINE),
        (_call(BEGAN, None), Class.UNREACHABLE),
        (_call(BEGAN, 403, "<p>errors.edgesuite.net</p>"), Class.FIREWALL),
        (_call(BEGAN, 403, operation="requestToken"), Class.TOKEN),
        (_call(BEGAN, 401), Class.TOKEN),
        (_call(BEGAN, 429), Class.LIMITED),
        (_call(BEGAN, 404), Class.REFUSED),
        (_call(BEGAN, 504), Class.BROKEN),
        (_call(BEGAN, misfits=("no status",)), Class.MISFIT),
        (_call(BEGAN, 302), Class.MISFIT),
    ],
    ids=str,
)  # fmt: skip
def test_each_way_to_end_has_its_class(record, expected):
    """By the record alone, so that it can be judged again."""
    assert class_of(Exchange.from_record(record), LATAM.provider) is expected


def test_few_transactions_prove_little():
    """22 of 24 is no sign against 94 %, 165 of 200 is; by the binomial distribution, exactly."""
    assert chance_of(1, 2, 0.5) == pytest.approx(0.75)
    assert chance_of(22, 24, 0.92) > 0.5
    assert chance_of(165, 200, 0.91) < 0.001
    assert (chance_of(5, 5, 0.9), chance_of(0, 5, 1.0), chance_of(0, 5, 0.0)) == (1.0, 0.0, 1.0)


def test_shares_are_never_rounded_up_to_all():
    """999 of 1000 and 1 of 10,000 are told as what they are."""
    assert [percent(*p) for p in ((9999, 10000), (1, 10000), (1, 3), (0, 5), (5, 5), (0, 0))] == [
        "99.9 %",
        "0.1 %",
        "33.3 %",
        "0.0 %",
        "100.0 %",
        "–",
    ]


# --- a watch of the rehearsal, killed and taken up again ---


@dataclass(frozen=True)
class Seen:
    """The watch after its end, and where its partner is."""

    there: Rehearsed
    folder: Path
    key: Path
    said: str
    code: int

    @property
    def told(self) -> dict[str, Any]:
        """The signed record's words."""
        [statement] = kept_in(self.there.partner.parent / "statements" / "latam_pass", "watch-report").values()
        return dict(statement.predicate)


def _watch(there: Rehearsed, *arguments: object) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "accredit",
        "cutover",
        "watch",
        "latam_pass",
        "--partner",
        there.partner,
        *arguments,
    ]
    return subprocess.Popen(
        [*map(str, command)],
        cwd=ROOT,
        env=there.surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"ended before it said {words!r}")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Three days in nine seconds: looks meet an outage, then kill -9 and a torn line, then the same command again."""
    home = tmp_path_factory.mktemp("watch")
    folder, key = home / "the watch", home / "signing.key"
    with rehearsed("latam_pass", home / "rehearsal", 28_800) as there:
        with there.partner.open("a") as partner:  # enough looks even where the machine is busy
            partner.write('\n[latam_pass.settings]\n"watch.leastLooks" = 4\n')
        arguments = ("--folder", folder, "--hours", 72, "--every", "2h", "--make-key", key)
        with _watch(there, *arguments) as first:
            _until(first, "look 2,")
            there.outage.down.add("searchMember")
            _until(first, "look 5,")
            there.outage.down.clear()
            _until(first, "look 6,")
            first.send_signal(signal.SIGKILL)
        with (folder / "journal.jsonl").open("ab") as journal:
            journal.write(b'{"chain":"0123')
        with _watch(there, *arguments) as second:
            said = second.communicate(timeout=60)[0]
        yield Seen(there, folder, key, said, second.returncode)


def test_an_outage_leads_to_a_recommendation_with_reasons(watched):
    """Exit code 1, the reasons by number, and who decides."""
    told = watched.told

    assert watched.code == 1, watched.said
    assert told["recommendation"]["advice"] == "a fallback"
    assert any("calls that failed" in reason for reason in told["recommendation"]["reasons"])
    assert told["calls"]["5xx"] >= 2
    assert told["decides"] == "the provider"
    assert "the provider decides" in watched.said


def test_a_killed_watch_goes_on_and_shows_what_it_missed(watched):
    """Two processes, a torn line that is told, a gap that is not filled in, an end."""
    told = watched.told

    assert (told["processes"], told["ended"], told["torn"]) == (2, True, ["journal.jsonl"])
    assert told["gaps"]
    assert told["looks"]["taken"] + sum(gap["looks"] for gap in told["gaps"]) == told["looks"]["planned"] == 36
    assert "ends in a line that a crash cut off" in watched.said


def test_a_watch_only_reads_and_carries_no_marker(watched):
    """Production under its real name: no sandbox, no test header, nothing that writes."""
    exchanges = [json.loads(line)["record"] for path in watched.folder.glob("journal*.jsonl") for line in path.read_text().splitlines()
                 if line.endswith("}") and '"kind":"exchange"' in line]  # fmt: skip

    assert {e["operation"] for e in exchanges} == {"requestToken", "searchMember", "getAccruals"}
    assert all(
        "/sandbox" not in e["request"]["url"] and "x-latam-test" not in dict(e["request"]["headers"]) for e in exchanges
    )


def test_the_signed_record_is_over_every_file(watched):
    """Digests of all that is in the folder; each as it is there."""
    [statement] = kept_in(watched.there.partner.parent / "statements" / "latam_pass", "watch-report").values()

    found = {path.name: digest(path) for path in watched.folder.iterdir() if not path.name.startswith(".")}
    assert dict(statement.subject) == found
    assert {"watch.json", "watch.html", "journal.jsonl", "journal.gw1.jsonl"} <= set(found)


def test_the_page_asks_nobody_for_anything_and_leaves_the_verdict_to_the_provider(watched):
    """One file, a policy that allows its own style alone, pictures in it, recommendation and gaps."""
    page = (watched.folder / "watch.html").read_text()

    assert re.search(r"default-src 'none'; style-src 'sha256-[^']+'", page)
    assert not re.search(r"<script|<img|<link|src=|url\(", page)
    assert page.count("<svg") >= 1
    assert "The provider decides." in page
    assert "looks missed" in page
    assert "rehearsal" in page


def test_each_day_has_its_report(watched):
    """Three days of 24 hours touch three or four dates; each has its counts, and leaves the verdict to the provider."""
    days = sorted(watched.folder.glob("watch-*.md"))

    assert len(days) in (3, 4)
    assert all("Whether there is a fallback is for the provider to decide." in day.read_text() for day in days)
    assert (
        sum(int(re.search(r"looks taken \| (\d+)", day.read_text())[1]) for day in days)
        == watched.told["looks"]["taken"]
    )


def test_nothing_secret_or_personal_is_written_by_a_watch(watched):
    """Neither a secret nor the member that was searched for, in no file of the watch."""
    values = [value for name, value in watched.there.env.items() if name.endswith("CLIENT_SECRET")] + ["90000000101"]
    for path in watched.folder.iterdir():
        for value in values:
            assert value not in path.read_text(errors="replace"), path.name


def _reported(watched, folder):
    """What `--report` makes of a folder of records."""
    told = ["--partner", str(watched.there.partner), "--folder", str(folder), "--report"]
    return CliRunner().invoke(main, ["cutover", "watch", "latam_pass", *told])


def test_a_report_can_be_made_again_of_the_records(watched):
    """Without probing anything, without secrets: the same page."""
    page = (watched.folder / "watch.html").read_bytes()

    ended = _reported(watched, watched.folder)

    assert ended.exit_code == 1, ended.output
    assert (watched.folder / "watch.html").read_bytes() == page


def test_an_altered_journal_is_refused(watched, tmp_path):
    """A report rests on records as they were written."""
    folder = Path(shutil.copytree(watched.folder, tmp_path / "altered"))
    data = (folder / "journal.gw1.jsonl").read_bytes()
    (folder / "journal.gw1.jsonl").write_bytes(data.replace(b"start", b"stars", 1))

    ended = _reported(watched, folder)

    assert ended.exit_code == 1
    assert "was altered" in ended.output or "removed or moved" in ended.output


def test_records_that_were_taken_away_are_missed(watched, tmp_path):
    """A segment that is gone leaves a chain that is whole, and a signature that is not met."""
    folder = Path(shutil.copytree(watched.folder, tmp_path / "shortened"))
    (folder / "journal.gw1.jsonl").unlink()

    ended = _reported(watched, folder)

    assert ended.exit_code == 1
    assert "was signed over other records: journal.gw1.jsonl" in ended.output


def test_a_watch_that_has_ended_is_not_gone_on_with(watched):
    """The same command once more probes nothing, and reports."""
    with _watch(watched.there, "--folder", watched.folder) as again:
        said = again.communicate(timeout=60)[0]

    assert again.returncode == 1, said
    assert len(list(watched.folder.glob("journal*.jsonl"))) == 2


def test_accruals_are_followed_until_they_are_final(tmp_path, monkeypatch):
    """The partner's own transactions, by a file of ids: each asked for until it is final, and compared with the published shares."""
    with rehearsed("latam_pass", tmp_path / "rehearsal", 21_600) as there:
        for name, value in there.env.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "ids.txt").write_text("\n".join(_report_points(there, 24)))
        ended = CliRunner().invoke(main, ["cutover", "watch", "latam_pass", "--env", "certification", "--partner", str(there.partner), "--folder",
                                          str(tmp_path / "w"), "--hours", "24", "--every", "90m", "--transactions", str(tmp_path / "ids.txt")])  # fmt: skip

    page = (tmp_path / "w/watch.html").read_text()
    asked = re.findall(r"partnerTransactionId=tx-", (tmp_path / "w/journal.jsonl").read_text())
    assert "24 transactions of the partner's own were followed." in page, ended.output
    assert "too few to compare" not in ended.output
    assert 24 <= len(asked) < 48  # what is final is not asked for again


def _report_points(there: Rehearsed, count: int) -> list[str]:
    """What the partner's own client did: so many accruals; their transactions."""
    roles, access = there.outage.inner.roles("certification"), there.outage.inner.access("certification")
    basic = b64encode(f"{access['client_id']}:{access['client_secret']}".encode()).decode()
    sent = {"client_id": access["client_id"], "x-latam-test": "LatamPass", "content-type": "application/json"}
    form = {**sent, "authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"}
    granted = json.loads(there.answer("requestToken", form, b"grant_type=client_credentials").body)
    ids = [f"tx-{number}" for number in range(count)]
    for id_ in ids:
        told = {"partner": {"id": roles["partner_id"]}, "member": {"ffn": roles["members"]["known by both"]["ffn"]}, "points": 1, "description": "x",
                "productId": next(iter(roles["products"].values())), "partnerTransactionId": id_, "partnerAccrualId": id_,
                "partnerOriginDate": "2026-11-20T10:00:00.000-03:00"}  # fmt: skip
        taken = there.answer(
            "requestAccrual", {**sent, "access_token": granted["access_token"]}, json.dumps(told).encode()
        )
        assert taken.status == 202, taken.body
    return ids


# --- what a watch refuses, on the simulator ---


@pytest.fixture
def simulated(tmp_path, monkeypatch):
    """`accredit cutover watch latam_pass --env simulator …` in an empty folder: no time passes but the simulator's."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, provider: str = "latam_pass") -> Any:
        return CliRunner().invoke(
            main, ["cutover", "watch", provider, "--env", "simulator", "--folder", "w", *arguments]
        )

    return run


@pytest.mark.parametrize("provider", ["air_miles", "points"])
def test_the_others_are_watched_too(simulated, provider):
    """Their own probes, each as promised; without published shares nothing has to be followed."""
    ended = simulated("--hours", "24", "--every", "1h", provider=provider)

    assert ended.exit_code == 0, ended.output
    assert "24 of 24 looks" in ended.output
    assert "not probed" not in ended.output


@pytest.fixture
def lost(simulated, tmp_path):
    """A day of following one id that the provider doesn't know."""
    (tmp_path / "ids.txt").write_text("tx-lost-1\n")
    return simulated("--hours", "24", "--every", "1h", "--transactions", "ids.txt", "--make-key", "key")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "rows"), [(_Terminal, 3), (io.StringIO, 6)])
def test_a_terminal_keeps_a_line_for_what_changed(stream, rows):
    """Fine, failed, fine: three rows, each with the last look that told so. A log has a line a look."""
    told, folded = stream(), Folded(DAYS, LATAM.provider, _facts().finality)
    lines = LookLines(told)

    for number, at in enumerate(list(DAYS.times())[:6]):
        folded.take(_call(at, 503 if number in (2, 3) else 200))
        folded.take(_look(at))
        lines.show(folded.watched, at)

    shown = [row.rpartition("\r\x1b[K")[2] for row in told.getvalue().strip("\n").split("\n")]
    assert len(shown) == rows
    assert [row for row in shown if row.startswith(("look 2,", "look 4,", "look 6,"))] == [
        "look 2, 2026-11-24 03:15 UTC: fine", "look 4, 2026-11-24 03:45 UTC: failed", "look 6, 2026-11-24 04:15 UTC: fine"]  # fmt: skip


def test_a_lost_transaction_is_named_wherever_the_watch_is_told(lost, tmp_path):
    """Each look's line, the summary, the page, the report of each day, the signed record."""
    [statement] = kept_in(tmp_path / "statements/latam_pass", "watch-report").values()
    told = json.loads(json.dumps(statement.predicate, default=dict))
    looks = [line for line in lost.output.splitlines() if line.startswith("look ")]

    assert lost.exit_code == 3, lost.output
    assert len(looks) == 24
    assert all(line.endswith("UTC: not known to the provider so far: tx-lost-1") for line in looks)
    assert "  not known to the provider so far: tx-lost-1, asked for from" in lost.output
    assert "transactions that were named: 1, shown by the provider: none" in lost.output
    assert "<code>tx-lost-1</code>: not known to the provider so far" in (tmp_path / "w/watch.html").read_text()
    assert all(
        "`tx-lost-1`: not known to the provider so far" in day.read_text() for day in tmp_path.glob("w/watch-*.md")
    )
    assert [each["transaction"] for each in told["followed"]["missing"]] == ["tx-lost-1"]
    assert told["calls"]["without the transaction asked for"] == 24
    assert told["recommendation"]["advice"] == "unknown"


def test_ids_that_nobody_knows_keep_no_other_from_being_asked_for(simulated, tmp_path):
    """More of them than one look asks for: the rest have their turn in the next."""
    (tmp_path / "ids.txt").write_text("\n".join(f"tx-{n}" for n in range(60)))
    ended = simulated("--hours", "2", "--every", "1h", "--transactions", "ids.txt")

    asked = set(re.findall(r"partnerTransactionId=(tx-\d+)", (tmp_path / "w/journal.jsonl").read_text()))
    assert len(asked) == 60, ended.output


def test_a_day_without_a_word_has_its_report(simulated, tmp_path):
    """The second half of the records was lost with the machine: the last day has a report all the same, and it is empty."""
    simulated("--hours", "72", "--every", "12h")
    journal = tmp_path / "w/journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[: len(lines) // 2], b'{"cha']))
    [old.unlink() for old in tmp_path.glob("w/watch-*.md")]

    ended = simulated("--report")

    last = sorted(tmp_path.glob("w/watch-*.md"))[-1].read_text()
    assert ended.exit_code == 3
    assert "| looks taken | 0 |" in last
    assert "looks are yet to come" in ended.output


def test_a_clock_moved_backwards_is_found_when_a_watch_goes_on(simulated, tmp_path):
    """The records end later than the clock says: nothing is looked at, and the next step is said."""
    assert simulated("--hours", "6", "--every", "1h").exit_code == 3
    journal = tmp_path / "w/journal.jsonl"
    before = b"".join(journal.read_bytes().splitlines(keepends=True)[:-1])  # killed before it could say that it ended
    journal.write_bytes(before)

    ended = simulated()

    assert ended.exit_code == 3
    assert "it was moved backwards. Set it right" in ended.output
    assert "name another folder" in ended.output  # time goes back by itself on a simulator alone
    assert journal.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "a new watch takes its end"),
        (("--hours", "1"), "and --every 15m"),
        (("--hours", "1", "--every", "soon"), "no span of time"),
        (("--hours", "1", "--every", "9999999999h"), "no span of time"),
        (("--hours", "1e12", "--every", "1h"), "is not in the range"),
        (("--until", "2026-11-27", "--every", "1h"), "no moment with an offset"),
        (("--until", "2020-01-01T00:00:00Z", "--every", "1h"), "has no look in it"),
    ],
)
def test_a_watch_without_an_end_or_a_rhythm_is_refused(simulated, arguments, words):
    """What cannot be watched is said, with how to say it right."""
    ended = simulated(*arguments)

    assert ended.exit_code == 2
    assert words in ended.output


def test_a_start_that_says_too_little_leaves_no_records(simulated, tmp_path):
    """The same command, said right, begins with nothing before it."""
    assert simulated("--hours", "1").exit_code == 2

    assert list(tmp_path.glob("w/*.jsonl")) == []


def test_a_folder_that_holds_another_watch_is_refused(simulated):
    """Records of two watches never mix."""
    simulated("--hours", "2", "--every", "1h")

    other = simulated("--hours", "2", "--every", "1h", provider="points")
    rhythm = simulated("--hours", "2", "--every", "30m")

    assert (other.exit_code, rhythm.exit_code) == (2, 2)
    assert "holds a watch of latam_pass" in other.output
    assert "go on with it as it was planned" in rhythm.output
