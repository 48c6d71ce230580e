"""So many generated cases, recorded, judged, sealed and verified: `python tests/cases.py 2000` tells MB and seconds as JSON.

A process of its own, since only that can say how much memory it took at most. There is no network in it: answers are made up,
three of ten with a secret that was never seen before.
"""

import hashlib
import json
import resource
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence.bundle import make_evidence  # noqa: E402
from accredit.evidence.keys import load_private, load_public, make_key  # noqa: E402
from accredit.evidence.verify import verify  # noqa: E402
from accredit.model.fuzzing import CaseRecord  # noqa: E402
from accredit.model.reply import Reply  # noqa: E402
from accredit.suite.catalogue import Dossier  # noqa: E402
from accredit.suite.live import Live  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402
from accredit.suite.plan import Choices, plan_run  # noqa: E402
from accredit.wire.line import Arrival  # noqa: E402

MINI = ROOT / "tests" / "miniatures" / "mini"
JSON = [("content-type", "application/json"), ("user-agent", "accredit")]


def made_up(what: str, number: int) -> str:
    """A value that is the same in every run."""
    return hashlib.sha256(f"{what} {number}".encode()).hexdigest()[:32]


def send(live: Live, number: int) -> None:
    """One case of one exchange, without a failure."""
    base, case = live.line.guard.doors[0].base_url, made_up("case", number)
    sent = {"id": str(number), "card": made_up("card", number), "note": "words that nobody hides " * 6}
    answer: dict[str, object] = {"items": [{"id": id_, "text": "some ordinary words on points"} for id_ in range(8)]}
    if number % 10 < 3:
        answer["access_token"] = made_up("token", number)
    if number % 2:
        departure = live.line.depart("POST", f"{base}/credits", JSON, json.dumps(sent).encode(), case)
    else:
        departure = live.line.depart("GET", f"{base}/members/{sent['card']}", JSON, b"", case)
    arrival = Arrival(200, JSON)
    arrival.take(json.dumps(answer).encode())
    live.line.arrive(departure, arrival, 0.001)
    ended = CaseRecord(
        case, departure.operation, "fuzzing", number, "positive", "", "accepted", 200, (departure.number,)
    )
    live.journal.append(ended.to_record())


def recorded(cases: int, output: Path) -> Path:
    """The folder of a run of so many cases."""
    live = Live(plan_run(Dossier("mini", MINI), Choices(output=output)))
    live.begin()
    for number in range(cases):
        send(live, number)
    live.end()
    return live.plan.folder


def run(cases: int, folder: Path) -> None:
    """The whole way, from the first case to the verified bundle."""
    make_key(folder / "a.key")
    journal = recorded(cases, folder / "evidence")
    bundle = make_evidence(journal, MINI, reports_folder(), load_private(folder / "a.key")).bundle
    assert bundle is not None
    assert verify(bundle, load_public(folder / "a.pub")).checks[0].reply is Reply.YES


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        run(int(sys.argv[1]), Path(name))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"mb": used.ru_maxrss / 1024, "seconds": used.ru_utime + used.ru_stime}))
