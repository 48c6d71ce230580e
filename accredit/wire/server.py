"""A simulator as a real server: HTTP over TLS on loopback, with a certificate authority made for the run."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from accredit.model.contract import Contract
from accredit.model.simulation import Answer, Call, Cut, Simulation
from accredit.wire.clock import Clock
from accredit.wire.courier import Courier
from accredit.wire.outbox import Outbox
from accredit.wire.serving import Authority, Receive, Scope, Send, Serving, hang_up


@dataclass(frozen=True, slots=True)
class Entrance:
    """A base URL of the provider that a simulator enacts, and what lives there."""

    environment: str
    base_url: str
    services: tuple[str, ...]

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def path(self) -> str:
        """`/sandbox`, or empty."""
        return urlsplit(self.base_url).path


class Simulator:
    """Serves a simulation until it is closed. One call is answered at a time, control included.

    Each of the provider's hosts has a port of its own on loopback; under its real name every host is found at any of them.

    Args:
        clock: The simulation's; what it sends of its own accord leaves by it.
        port: That of the first host; 0 takes any free one.
    """

    def __init__(
        self, simulation: Simulation, contract: Contract, entrances: Sequence[Entrance], clock: Clock, port: int = 0
    ) -> None:
        self._simulation, self._contract = simulation, contract
        self._entrances = sorted(entrances, key=lambda entrance: len(entrance.path), reverse=True)
        self._turn = threading.Lock()
        self.authority = Authority()
        hosts = list(dict.fromkeys(entrance.host for entrance in entrances))
        ports = [port, *(0 for _ in hosts[1:])]
        self._serving = Serving(self._app, self.authority.context(("localhost", *hosts)), ports, "simulator")
        self._ports = dict(zip(hosts, self._serving.ports, strict=True))
        self.port = self._serving.ports[0]
        outbox: Outbox | None = getattr(simulation, "outbox", None)
        self.courier = Courier(outbox or Outbox(clock.now), self._turn, clock)

    def __enter__(self) -> "Simulator":
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def ca_pem(self) -> str:
        return self.authority.pem

    def close(self) -> None:
        """Stops serving and waits until it has."""
        self.courier.close()
        self._serving.close()

    def serve(self) -> None:
        """Serves in this thread, until interrupted, and sends what comes due by the machine's clock."""
        self.courier.start()
        self._serving.run()

    def url_of(self, entrance: Entrance) -> str:
        """Where it is served on this machine."""
        return f"https://localhost:{self._ports[entrance.host]}{entrance.path}"

    def control(self, name: str) -> Callable[..., Any]:
        """A method of the simulation's control channel, taking turns with the calls it answers."""
        method = getattr(self._simulation, name)

        def controlled(*args: Any, **kwargs: Any) -> Any:
            with self._turn:
                return method(*args, **kwargs)

        return controlled

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            if part["type"] == "http.disconnect":
                return  # a request that never came whole was never made
            body, more = body + part.get("body", b""), bool(part.get("more_body", False))
        call = self._call(scope, body)
        with self._turn:
            answer = self._simulation.answer(call)
        if early := self.courier.outbox.take_early():
            await asyncio.to_thread(self.courier.deliver, early)
        await _send(answer, send, receive)

    def _call(self, scope: Scope, body: bytes) -> Call:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query, raw_path = scope["query_string"].decode("latin-1"), scope["raw_path"].decode("latin-1")
        path = unquote(raw_path)
        entrance = self._entrance(headers.get("host", ""), scope["server"][1], path)
        operation = self._contract.find(scope["method"], path.removeprefix(entrance.path), entrance.services)
        return Call(
            operation=operation.id if operation else None,
            service=operation.service if operation else "",
            environment=entrance.environment,
            target=f"{raw_path}?{query}" if query else raw_path,
            method=scope["method"],
            path=path,
            query=parse_qs(query, keep_blank_values=True),
            headers=headers,
            body=body,
        )

    def _entrance(self, host: str, port: int, path: str) -> Entrance:
        """By the host's real name, else by the port; then by the longest base path."""
        name = host.partition(":")[0]
        there = [e for e in self._entrances if e.host == name] or [
            e for e in self._entrances if self._ports[e.host] == port
        ]
        return next((e for e in there if path.startswith(f"{e.path}/")), there[-1])


async def _send(answer: Answer, send: Send, receive: Receive) -> None:
    length = str(len(answer.body)).encode()
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.cut is not Cut.BEFORE_THE_ANSWER:
        if answer.status != 204:
            headers.append((b"content-length", length))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.cut is Cut.NOWHERE:
        await send({"type": "http.response.body", "body": answer.body})
        return
    if answer.cut is Cut.MIDWAY:
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    hang_up(receive)
