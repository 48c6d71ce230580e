"""The doorman of httpx: the only module that imports it. Every request of ours, from anywhere, goes through here."""

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from accredit import __version__
from accredit.model.errors import CannotJudge, ConnectionBroken, Unreachable
from accredit.wire.line import BODY_LIMIT, Arrival, Departure, Line
from accredit.wire.tls import trusted as trusting

TIMEOUT_SECONDS = 30.0
KNOCK_SECONDS = 10.0
_USUAL = (
    ("user-agent", f"accredit/{__version__}"),
    ("accept", "application/json, */*;q=0.1"),
    ("accept-encoding", "identity"),
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A response as it came, unmasked: for steps to look at, never to be written."""

    exchange: int
    status: int
    headers: dict[str, str]
    body: bytes


class Recording(httpx.BaseTransport):
    """Carries requests over `inner`, each through the line. Reads no body itself: it watches it being read."""

    def __init__(self, inner: httpx.BaseTransport, line: Line) -> None:
        self._inner, self._line = inner, line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body, headers = request.read(), _pairs(request.headers)
        case = str(request.extensions.get("accredit.case", ""))
        departure = self._line.depart(request.method, str(request.url), headers, body, case)
        started = time.perf_counter()
        try:
            response = self._inner.handle_request(request)
        except httpx.TransportError as broken:
            left = not isinstance(broken, httpx.ConnectError | httpx.ConnectTimeout)
            self._line.arrive(departure, None, None, _told(broken), left=left)
            raise
        assert isinstance(response.stream, httpx.SyncByteStream)
        arrival = Arrival(response.status_code, _pairs(response.headers))
        response.stream = _Watched(response.stream, self._line, departure, arrival, started)
        response.extensions |= {"accredit.exchange": departure.number, "accredit.arrival": arrival}
        return response

    def close(self) -> None:
        self._inner.close()


class _Watched(httpx.SyncByteStream):
    """A body that is recorded once it has been read, or abandoned."""

    # tee, not read(): reading here leaves httpx's .elapsed unset, which schemathesis needs.
    def __init__(
        self, stream: httpx.SyncByteStream, line: Line, departure: Departure, arrival: Arrival, started: float
    ) -> None:
        self._stream, self._line, self._departure = stream, line, departure
        self._arrival, self._started = arrival, started
        self._error, self._recorded = "", False

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                if not self._arrival.take(chunk):
                    return
                yield chunk
        except httpx.TransportError as broken:
            self._error = _told(broken)
            raise

    def close(self) -> None:
        elapsed = time.perf_counter() - self._started
        self._stream.close()
        if not self._recorded:
            self._recorded = True
            self._line.arrive(self._departure, self._arrival, elapsed, self._error)


class _Elsewhere(httpx.HTTPTransport):
    """Connects to a loopback address in place of the URL's host, whose name still stands in SNI, certificate and Host."""

    def __init__(self, address: str, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify)
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=self._host, port=self._port)
        return super().handle_request(request)


class Http:
    """A client for one line. TLS is always verified; nothing is added to a request or done with an answer by itself: no redirect,
    cookie, proxy or .netrc."""

    def __init__(self, line: Line, *, ca_pem: str = "", connect_to: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        trusted = trusting(ca_pem)
        inner = _Elsewhere(connect_to, trusted) if connect_to else httpx.HTTPTransport(verify=trusted)
        self._carrier = Recording(inner, line)
        self._timeout = {"timeout": httpx.Timeout(timeout).as_dict()}

    def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes = b"", *, case: str = ""
    ) -> Raw:
        """One request, one answer, whatever its status.

        Args:
            case: Id of the generated case it belongs to, if any.

        Raises:
            Refused: the guard would not let it leave.
            Unreachable: no connection came about, or no answer within the time allowed.
            ConnectionBroken: it was sent, and the line broke before the answer was whole.
        """
        try:
            told = {name.lower() for name, _ in headers}
            usual = [pair for pair in _USUAL if pair[0] not in told]
            request = httpx.Request(
                method,
                url,
                headers=[*usual, *headers],
                content=body or None,
                extensions={**self._timeout, "accredit.case": case},
            )
            response = self._carrier.handle_request(request)
            try:
                content = response.read()
            finally:
                response.close()
        except httpx.ConnectError as failed:
            raise Unreachable(_unreachable(url, failed)) from None
        except httpx.TimeoutException:
            raise Unreachable(f"{_place(url)} did not answer within {TIMEOUT_SECONDS:g} seconds; is it up?") from None
        except httpx.LocalProtocolError as wrong:
            raise CannotJudge(f"nothing was sent to {_place(url)}: HTTP does not allow it ({wrong}); a secret or header with a line "
                              "break in it, perhaps.") from None  # fmt: skip
        except httpx.DecodingError as wrong:
            raise CannotJudge(
                f"{_place(url)} answered in a coding that cannot be undone ({wrong}); ask the provider."
            ) from None
        except httpx.TransportError as broken:
            raise ConnectionBroken(f"the line to {_place(url)} broke before the answer was whole ({_told(broken)}); "
                                   "whether the request was acted on is not known.") from None  # fmt: skip
        except (httpx.InvalidURL, UnicodeError):
            raise CannotJudge(
                "what the request would go to is no URL; correct the base URL, and what stands in the path."
            ) from None
        number = int(response.extensions["accredit.exchange"])
        arrival: Arrival = response.extensions["accredit.arrival"]
        if arrival.cut:
            raise CannotJudge(_too_long(url, number))
        return Raw(number, response.status_code, _joined(arrival.headers), content)

    def close(self) -> None:
        self._carrier.close()


class Post:
    """Sends what a simulator sends of its own accord. Nothing of it is recorded here: whoever receives it records it."""

    def __init__(self) -> None:
        self._trusted = ssl.create_default_context()
        self._client = httpx.Client(verify=self._trusted, timeout=TIMEOUT_SECONDS, trust_env=False)

    def trust(self, ca_pem: str) -> None:
        """Trusts this certificate authority as well."""
        self._trusted.load_verify_locations(cadata=ca_pem)

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int | None:
        """The status that was answered; None when nobody answered."""
        try:
            return self._client.post(url, headers=dict(headers), content=body).status_code
        except (httpx.RequestError, httpx.InvalidURL, ValueError):
            return None

    def close(self) -> None:
        self._client.close()


def deliver(url: str, content_type: str, body: bytes, most: int) -> bytes:
    """What somebody who is no provider answers to a POST of `body`; nothing of a run's records goes this way. The caller must be
    able to prove the answer by itself: plain http is allowed.

    Raises:
        CannotJudge: nobody answered 200 with at most so many bytes.
    """
    try:
        with (
            httpx.Client(verify=ssl.create_default_context(), timeout=TIMEOUT_SECONDS, trust_env=False) as client,
            client.stream(
                "POST", url, content=body, headers={**dict(_USUAL), "content-type": content_type}
            ) as response,
        ):
            came = b""
            for chunk in response.iter_raw():
                came += chunk
                if len(came) > most:
                    raise CannotJudge(f"{url} answered with more than {most} bytes.")
    except (httpx.RequestError, httpx.InvalidURL, ValueError) as failed:
        raise Unreachable(f"{url} cannot be reached ({_told(failed)})") from None
    if response.status_code != 200:
        raise CannotJudge(f"{url} answered {response.status_code}")
    return came


def knock(url: str, *, ca_pem: str = "") -> int:
    """What is answered at a place of our own, where a provider would call back; nothing of a provider's goes this way.

    Raises:
        Unreachable: nobody answered.
    """
    try:
        with httpx.Client(verify=trusting(ca_pem), timeout=KNOCK_SECONDS, trust_env=False) as client:
            return client.get(url, headers=dict(_USUAL)).status_code
    except (httpx.RequestError, httpx.InvalidURL, ValueError) as failed:
        raise Unreachable(f"{_place(url)} cannot be reached from here ({_told(failed)})") from None


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    # .raw, not .multi_items(): that looks for an encoding anew for each message, and headers are Latin-1 on the wire.
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]


def _joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Headers by name in lower case; several of one name joined by commas."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _too_long(url: str, number: int) -> str:
    return f"exchange {number}: {_place(url)} sent a body longer than {BODY_LIMIT // 1024 // 1024} MB; it was not read to its end. Ask the provider."


def _place(url: str) -> str:
    return httpx.URL(url).netloc.decode()


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _unreachable(url: str, failed: httpx.ConnectError) -> str:
    cause = str(failed)
    if "CERTIFICATE" in cause.upper() or "SSL" in cause.upper() or "TLS" in cause.upper():
        return (f"{_place(url)}: TLS failed ({cause}); the certificate was not trusted, and is never accepted unverified. "
                "Check the host, and that no proxy stands between.")  # fmt: skip
    return f"{_place(url)} cannot be reached ({cause}); check the host, the network and the firewall."
