"""Figures, as ratios measured in one run: `make bench`. Machines are shared and noisy, so nothing here is a test."""

import base64
import importlib
import itertools
import json
import os
import random
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - the bare client that ours is measured against

from accredit.evidence.journal import Journal, exchanges_of  # noqa: E402
from accredit.model.disguise import disguises  # noqa: E402
from accredit.suite.catalogue import Dossier  # noqa: E402
from accredit.suite.simulation import load_simulation  # noqa: E402
from accredit.wire.clock import RealClock  # noqa: E402
from accredit.wire.guard import Door, Guard  # noqa: E402
from accredit.wire.http import Http  # noqa: E402
from accredit.wire.line import Line  # noqa: E402
from accredit.wire.mask import Mask  # noqa: E402
from accredit.wire.pace import Pace  # noqa: E402

LATAM = Dossier("latam_pass", ROOT)
ROUNDS, CALLS = 12, 150


def seconds(*command: str) -> float:
    """Wall-clock seconds of a whole command."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def commands() -> None:
    """The whole commands a user waits for, over the interpreter's own start."""
    bare = statistics.median(seconds(sys.executable, "-c", "pass") for _ in range(5))
    helps = statistics.median(seconds(sys.executable, "-m", "accredit", "--help") for _ in range(5))
    with tempfile.TemporaryDirectory() as folder:
        run = statistics.median(
            seconds(sys.executable, "-m", "accredit", "run", "latam_pass", "--output", f"{folder}/{n}")
            for n in range(3)
        )
        every = seconds(sys.executable, "-m", "accredit", "run", "--output", f"{folder}/all")
    print(f"accredit --help            {helps:.3f} s, {helps / bare:.1f} x a bare interpreter   goal <= 0.25 s")
    print(f"accredit run latam_pass    {run:.2f} s, {run / bare:.0f} x a bare interpreter     goal <= 15 s")
    print(f"accredit run, every provider {every:.2f} s, {every / bare:.0f} x a bare interpreter     goal <= 40 s")


@contextmanager
def served() -> Iterator[Path]:
    """LATAM Pass served by a process of its own; the folder with what a client needs."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-u", "-m", "accredit", "simulate", "latam_pass", "--speed", "240", "--folder", name]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            for line in server.stdout:
                if line.startswith("CA,"):
                    break
            yield Path(name)
            server.send_signal(signal.SIGINT)


def per_exchange() -> None:
    """Guard, mask, record and journal, against bare httpx, on the same server in turns."""
    with served() as folder:
        access = json.loads((folder / "access.json").read_text())["certification"]
        rehearsal = tomllib.loads((folder / "accredit.toml").read_text())["latam_pass"]["certification"]
        base, ca_pem = (
            f"https://localhost:{rehearsal['connect_to'].partition(':')[2]}/sandbox",
            (folder / "ca.pem").read_text(),
        )
        clock, mask, journal = RealClock(), Mask(LATAM.provider.masking, b"bench"), Journal(folder / "run")
        mask.data(rehearsal["roles"])
        guard = Guard(
            "certification",
            (Door("certification", base, LATAM.provider.environments["certification"]),),
            LATAM.contract,
        )
        ours = Http(Line(guard, Pace(None, clock), mask, clock, journal.append), ca_pem=ca_pem)
        bare = httpx.Client(verify=ssl.create_default_context(cadata=ca_pem))
        basic = base64.b64encode(f"{access['client_id']}:{access['client_secret']}".encode()).decode()
        usual = {"client_id": access["client_id"], "x-latam-test": "LatamPass"}
        granted = bare.post(
            f"{base}/oauth/access-token",
            data={"grant_type": "client_credentials"},
            headers={**usual, "authorization": f"Basic {basic}"},
        )
        headers = {
            **usual,
            "access_token": granted.json()["access_token"],
            "x-scope": "member-status,member-name",
            "content-type": "application/json",
        }
        url, body = (
            f"{base}/v1/customer/loyalty/partner/member/search-member",
            json.dumps({"ffn": "90000000202"}).encode(),
        )

        def through(send: Callable[[], object]) -> float:
            began = time.perf_counter()
            for _ in range(CALLS):
                send()
            return (time.perf_counter() - began) / CALLS

        pairs = []
        for _ in range(ROUNDS):
            plain = through(lambda: bare.post(url, content=body, headers=headers))
            pairs.append((plain, through(lambda: ours.send("POST", url, list(headers.items()), body))))
        plain, ratio = statistics.median(p for p, _ in pairs), statistics.median(r / p for p, r in pairs)
        added = statistics.median(r - p for p, r in pairs)
        ours.close()
        bare.close()
    print(
        f"recorded over bare httpx   {ratio:.2f} x, {added * 1000:+.3f} ms on {plain * 1000:.2f} ms        goal <= 1.25 x and <= 0.3 ms"
    )


def callbacks(deliveries: int = 200) -> None:
    """From the moment a provider sends to the moment the step that waits goes on, over the sending alone."""
    from tests.test_callbacks import DONE, Bench

    here = Bench()
    waits, sends = [], []
    for number in range(deliveries):
        expected = here.expect(by={"id": f"c-{number}"})
        moments: list[float] = []

        def provider(number: int = number, moments: list[float] = moments) -> None:
            moments.append(time.perf_counter())
            here.send({**DONE, "id": f"c-{number}"})
            moments.append(time.perf_counter())

        thread = threading.Thread(target=provider)
        thread.start()
        here.callbacks.wait_for(expected)
        waits.append(time.perf_counter() - moments[0])
        thread.join()
        sends.append(moments[1] - moments[0])
    here.client.close()
    here.receiver.close()
    wait, send = statistics.median(waits), statistics.median(sends)
    print(
        f"callback to step           {wait * 1000:.2f} ms, {wait / send:.2f} x the sending itself        goal <= 20 ms"
    )


def masking() -> None:
    """Every secret and personal value of a run under the real host name, hunted in every file it wrote."""
    with served() as folder:
        access = json.loads((folder / "access.json").read_text())
        env = {
            f"LATAM_PASS_{door}_{key}".upper(): value for door, known in access.items() for key, value in known.items()
        }
        command = [
            sys.executable,
            "-m",
            "accredit",
            "run",
            "latam_pass",
            "--env",
            "certification",
            "--partner",
            str(folder / "accredit.toml"),
        ]
        command += [
            "--output",
            str(folder / "evidence"),
            "--allure",
            str(folder / "evidence" / "allure"),
            "--make-key",
            str(folder / "key"),
        ]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.DEVNULL, check=True)
        load_simulation(ROOT, "latam_pass")
        seeded = importlib.import_module("contracts.latam_pass.members").seed().values()
        values = {value for known in access.values() for value in known.values()}
        for member in seeded:
            told = member.released()
            values |= {member.ffn, member.number, member.name.split()[0], told["member-birthdate"]}
            values |= {*told["member-email"], told["member-phone"][0]["number"]}
        carried = (LATAM.folder / "members.py").read_bytes()
        found = files = 0
        for path in (folder / "evidence").rglob("*"):
            if path.is_file():
                files += 1
                data = path.read_bytes().replace(carried, b"")
                found += sum(form.encode() in data for value in values for form in disguises(value))
    print(f"masking                    {found} of {len(values)} values found in {files} files, in any form      goal 0")


def kills(times: int = 50) -> None:
    """kill -9 at random moments: calls that had returned, and are not in the journal."""
    from tests.test_journal import MINI, SENDER

    chance, lost, completed = random.Random(3), 0, 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            with subprocess.Popen(
                [sys.executable, "-c", SENDER, str(MINI), folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
            ) as sender:
                assert sender.stdout is not None
                said = list(itertools.islice(sender.stdout, 1 + chance.randrange(60)))
                sender.kill()
                said += sender.stdout.read().splitlines()
            exchanges = exchanges_of(next(Path(folder).iterdir()))
            recorded = {json.loads(e.request.body)["id"] for e in exchanges if e.operation == "credit"}
            returned = {text.strip() for text in said if text.strip().isdigit()}
            completed += len(returned)
            lost += len(returned - recorded)
    print(f"kill -9 at {times} moments      {lost} of {completed} completed exchanges lost               goal 0")


def cases(few: int = 2_000, many: int = 20_000) -> None:
    """Ten times as many generated cases: how much more memory and processor time the whole way takes, bundle verified."""
    command = [sys.executable, str(ROOT / "tests" / "cases.py")]
    told = [json.loads(subprocess.check_output([*command, str(count)], cwd=ROOT)) for count in (few, many)]
    memory, took = (told[1][key] / told[0][key] for key in ("mb", "seconds"))
    print(f"{many} cases over {few}     {memory:.2f} x memory ({told[1]['mb']:.0f} MB), {took:.1f} x time "
          f"({told[1]['seconds']:.1f} s)      goal <= 1.2 x and <= 11 x")  # fmt: skip


if __name__ == "__main__":
    for figure in (commands, per_exchange, callbacks, masking, kills, cases):
        figure()
