"""What comes in: every delivery is compared, recorded and answered; nothing that is sent can hold the receiver up."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from accredit.model.contract import contract_from
from accredit.model.errors import Unmet, UsageError
from accredit.model.provider import Masking
from accredit.suite.catalogue import Dossier
from accredit.wire.callbacks import Callbacks, Expected
from accredit.wire.clock import RealClock
from accredit.wire.guard import Guard
from accredit.wire.line import Line
from accredit.wire.mask import Mask
from accredit.wire.pace import Pace
from accredit.wire.receiver import MOST_BYTES, Receiver
from accredit.wire.serving import Authority, Serving
from tests.conftest import ROOT

BELL = Dossier("bell", ROOT / "tests" / "miniatures" / "bell")
MASKING = Masking(personal=("user",), source="tests", provenance="seed")
DONE = {"id": "c-1", "user": "user-0815", "points": 12}


class Bench:
    """A receiver as a run has it, and a provider that calls it as it likes."""

    def __init__(self, seconds: float = 10) -> None:
        self.records: list[dict[str, Any]] = []
        clock = RealClock()
        guard = Guard("simulator", (), BELL.contract)
        self.line = Line(guard, Pace(None, clock), Mask(MASKING, b"key"), clock, lambda r: self.records.append(dict(r)))
        authority = Authority()
        self.receiver = Receiver(lambda i: self.callbacks.take(i), authority.context(["localhost"]), seconds=seconds)
        self.url = f"https://localhost:{self.receiver.port}/callbacks/run"
        self.callbacks = Callbacks(BELL.contract, self.line, clock, self.url, private=True)
        self.tls = ssl.create_default_context(cadata=authority.pem)
        self.client = httpx.Client(verify=self.tls, timeout=10)

    def expect(self, **how: Any) -> Expected:
        return self.callbacks.expect(
            "creditDone", **{"by": {"id": "c-1"}, "echo": {"user": "user-0815"}, "within": 5, **how}
        )

    def send(self, told: object = DONE, **how: Any) -> int:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        headers = {"content-type": "application/json", **how.pop("headers", {})}
        return self.client.post(self.url, content=body, headers=headers, **how).status_code

    @property
    def kinds(self) -> list[str]:
        return [record["delivery"] for record in self.records if record["kind"] == "exchange"]


@pytest.fixture
def bench() -> Iterator[Bench]:
    here = Bench()
    yield here
    here.client.close()
    here.receiver.close()


def test_a_wait_ends_the_moment_it_comes(bench):
    """And says which exchange it was, by whose clock, and how long it took."""
    expected = bench.expect(within=5)
    provider = threading.Thread(target=bench.send)
    provider.start()
    delivered = bench.callbacks.wait_for(expected)
    provider.join()

    assert (delivered.kind, delivered.json, delivered.exchange) == ("as promised", DONE, 1)
    assert delivered.seconds < 5


def test_a_wait_has_an_end_and_says_what_it_waited_for(bench):
    expected = bench.expect(within=0.05)

    with pytest.raises(Unmet) as unmet:
        bench.callbacks.wait_for(expected)
    assert "creditDone with id 'c-1'" in unmet.value.what
    assert "0.05 seconds" in unmet.value.wanted


@pytest.mark.parametrize(
    ("told", "kind", "status"),
    [
        (DONE, "as promised", 200),
        ({**DONE, "id": "c-2"}, "unmatched", 200),
        ({**DONE, "user": "user-4711"}, "forged", 200),
        ({**DONE, "points": "a dozen"}, "malformed", 400),
        ({"id": "c-1"}, "malformed", 400),
        ({"hello": "world"}, "malformed", 400),
        ([1, 2], "malformed", 400),
        (b"{", "malformed", 400),
        (b"", "malformed", 400),
        (b"\xff\xfe", "malformed", 400),
        (b"[" * 100_000, "malformed", 400),
        (b"x" * 5_000_000, "too large", 413),
    ],
)
def test_each_delivery_is_compared_and_recorded(bench, told, kind, status):
    bench.expect()

    assert bench.send(told) == status
    assert bench.kinds == [kind]


def test_repeats_are_told_from_contradictions(bench):
    bench.expect()

    assert [bench.send(), bench.send(), bench.send({**DONE, "points": 13})] == [200, 200, 200]
    assert bench.kinds == ["as promised", "duplicate", "contradicting"]


def test_what_comes_after_its_time_is_late(bench):
    bench.expect(within=0)
    bench.send()

    assert bench.kinds == ["late"]


@pytest.mark.parametrize("shown", [None, ("partner", "wrong"), ("", "")])
def test_wrong_credentials_are_refused(bench, shown):
    bench.expect(basic=("partner", "right"))

    assert bench.send(auth=shown) == 401
    assert bench.send(auth=("partner", "right")) == 200
    assert bench.kinds == ["unauthorised", "as promised"]


def test_a_body_that_never_ends_is_given_up():
    """After the time allowed the receiver has answered, recorded, and takes the next one."""
    bench = Bench(seconds=0.3)
    bench.expect()
    with bench.tls.wrap_socket(
        socket.create_connection(("127.0.0.1", bench.receiver.port)), server_hostname="localhost"
    ) as line:
        line.sendall(b"POST /callbacks/run HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{")
        answer = line.recv(1000)
    again = bench.send()
    bench.client.close()
    bench.receiver.close()

    assert b" 408 " in answer
    assert again == 200
    assert bench.kinds == ["broken off", "as promised"]


def test_a_line_that_breaks_is_on_record(bench):
    """A provider that hangs up midway leaves what it had sent."""
    seen = threading.Event()
    take = bench.callbacks.take
    bench.callbacks.take = lambda incoming: (take(incoming), seen.set())[0]
    line = bench.tls.wrap_socket(
        socket.create_connection(("127.0.0.1", bench.receiver.port)), server_hostname="localhost"
    )
    line.sendall(b"POST /callbacks/run HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{")
    line.close()

    assert seen.wait(5)
    assert bench.kinds == ["broken off"]


def test_no_more_is_read_than_any_callback_needs(bench):
    bench.send(b"x" * 5_000_000)
    [record] = bench.records

    assert len(record["request"]["body"]) <= MOST_BYTES


def test_personal_data_that_comes_in_is_masked(bench):
    bench.expect()
    bench.send()
    [record] = bench.records

    assert "user-0815" not in json.dumps(record)
    assert '"points": 12' in record["request"]["body"]


def test_a_claim_is_on_record(bench):
    """A scenario that knows of a forged delivery says so; of what nobody knows, the scenario it came to is told."""
    bench.line.scenario = "here"
    bench.expect()
    bench.send({**DONE, "user": "user-4711"})

    assert [d.kind for d in bench.callbacks.unclaimed("here")] == ["forged"]
    assert len(bench.callbacks.claim("forged")) == 1
    assert bench.callbacks.unclaimed("here") == []
    assert {"kind": "claim", "exchange": 1, "scenario": "here"} in bench.records


def test_many_at_once_each_find_whom_they_are_for(bench):
    """Fifty deliveries in as many threads."""
    expected = [bench.expect(by={"id": f"c-{n}"}) for n in range(50)]
    threads = [threading.Thread(target=bench.send, args=({**DONE, "id": f"c-{n}"},)) for n in reversed(range(50))]
    for thread in threads:
        thread.start()
    came = [bench.callbacks.wait_for(e) for e in expected]
    for thread in threads:
        thread.join()

    assert [d.json["id"] for d in came] == [f"c-{n}" for n in range(50)]
    assert set(bench.kinds) == {"as promised"}


def test_a_port_in_use_is_said_to_be(bench):
    async def app(scope, receive, send) -> None: ...

    with pytest.raises(UsageError, match=f"port {bench.receiver.port} on 127.0.0.1 cannot be used"):
        Serving(app, Authority().context(["localhost"]), [bench.receiver.port], "second")


def test_what_comes_to_another_place_is_on_record_and_nobodys_finding(bench):
    """A favicon, another run's callback: answered 404."""
    bench.line.scenario = "here"
    bench.expect()
    url = bench.url.replace("/run", "/another-run")

    assert bench.client.get(bench.url.replace("/callbacks/run", "/favicon.ico")).status_code == 404
    assert bench.client.post(url, json=DONE).status_code == 404
    assert bench.kinds == ["elsewhere", "elsewhere"]
    assert bench.callbacks.unclaimed("here") == []


def test_a_stranger_at_a_public_place_is_no_finding_of_the_scenario_under_way(bench):
    """Anybody may know it; the run's verdict is unknown then, and no requirement failed."""
    bench.callbacks = Callbacks(BELL.contract, bench.line, RealClock(), bench.url, private=False)
    bench.line.scenario = "here"
    bench.send({**DONE, "id": "c-2"})

    assert bench.kinds == ["unmatched"]
    assert bench.callbacks.unclaimed("here") == []


def test_a_callback_the_contract_does_not_know_cannot_be_expected(bench):
    with pytest.raises(UsageError, match="creditDoen: no such callback in the contract; it has creditDone"):
        bench.callbacks.expect("creditDoen", by={"id": "c-1"}, within=1)


def test_what_trips_us_up_is_on_record_all_the_same(bench):
    bench.callbacks._judged = None

    assert bench.send() == 500
    assert bench.kinds == ["unreadable"]
    assert "our own fault" in bench.records[0]["error"]


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"\xef\xbb\xbf" + json.dumps(DONE).encode(), "application/json"),
        (b"user=user-0815&id=c-1", "text/plain"),
        (b"<user>user-0815</user>", "application/xml"),
        (b"call({'user': 'user-0815'})", "application/javascript"),
    ],
)
def test_nothing_personal_that_comes_in_is_written_in_another_dress(bench, sent, kind):
    bench.send(sent, headers={"content-type": kind})

    assert "user-0815" not in json.dumps(bench.records)


def test_the_password_that_is_expected_is_written_nowhere(bench):
    bench.expect(basic=("partner", "right-password"))
    bench.send({**DONE, "note": "right-password"}, auth=("partner", "right-password"))

    assert "right-password" not in json.dumps(bench.records)


@pytest.mark.parametrize(
    "sent",
    [
        {"post": {"requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}}}},
        {"post": {"requestBody": {"content": {"application/json": {"schema": {"exclusiveMinimum": True}}}}}},
        {"post": {}},
    ],
)
def test_a_callback_without_a_schema_to_hold_it_to_is_refused(sent):
    with pytest.raises(UsageError, match="two"):
        contract_from({"a": {"webhooks": {"two": sent}}}, "tests")


def test_references_in_callbacks_are_followed():
    body = {"content": {"application/json; charset=utf-8": {"schema": {"type": "string"}}}}
    components = {
        "requestBodies": {"B": body},
        "pathItems": {"P": {"post": {"requestBody": {"$ref": "#/components/requestBodies/B"}}}},
    }
    contract = contract_from(
        {"a": {"webhooks": {"two": {"$ref": "#/components/pathItems/P"}}, "components": components}}, "tests"
    )

    assert contract.callbacks["two"].misfits(1) == ["the body: is no string"]


def test_webhooks_and_callbacks_are_found_in_contracts():
    sent = {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "string"}}}}}}
    called = {"/x": {"post": {"operationId": "x", "x-effect": "reads", "callbacks": {"one": {"{$url}": sent}}}}}
    contract = contract_from({"a": {"webhooks": {"two": sent}, "paths": called}}, "tests")

    assert set(contract.callbacks) == {"one", "two"}
    assert all(body.fits("text") and not body.fits(1) for body in contract.callbacks.values())


def test_a_moment_is_the_runs(bench):
    expected = bench.expect()
    bench.send()

    assert abs((bench.callbacks.wait_for(expected).at - datetime.now(UTC)).total_seconds()) < 60
