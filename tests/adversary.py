"""Attempts to have something leave for production that a budget does not allow, each made of a request that it does allow."""

import gzip
import itertools
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from accredit.model.simulation import Call

OWN = "p-0000"
"""The partner's own id in a right request."""
_USUAL = frozenset(
    [
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "authorization",
        "access_token",
        "client_id",
    ]
)
METHODS = (
    "GET",
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PO ST",
    "CONNECT",
    "POSTT",
    "PROPFIND",
    "QUERY",
    "LINK",
    "MKCOL",
)
HOSTS = (
    "{host}.evil.example", "evil.example", "{host}:8443", "{host}:80", "user@{host}", "user:pw@{host}", "{host}.", "sandbox.{host}",
    "127.0.0.1", "localhost", "[::1]", "{host}@evil.example", "{host}%2eevil.example", "169.254.169.254", "xn--{host}",
)  # fmt: skip
SCHEMES = ("http", "ftp", "ws", "file")
HEADERS = (
    ("x-http-method-override", "DELETE"), ("x-http-method", "PUT"), ("x-method-override", "PATCH"), ("x-original-url", "/other"),
    ("x-rewrite-url", "/other"), ("x-forwarded-host", "evil.example"), ("host", "evil.example"), ("host", "{host}:444"),
    ("transfer-encoding", "chunked"), ("content-encoding", "gzip"), ("content-encoding", "br"), ("content-length", "0"),
    ("content-length", "99999"), ("expect", "100-continue"), ("upgrade", "h2c"), ("content-type", "application/json"),
    ("prefer", "respond-async"), ("x-dry-run", "false"), ("cookie", "a=b"), ("x-points", "9999"), ("forwarded", "host=evil"),
    ("te", "trailers"), ("trailer", "x-points"), ("if-match", "*"), ("x-idempotency", "2"), ("range", "bytes=0-1"),
)  # fmt: skip
TYPES = (
    "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json;charset=utf-7",
    "application/json, text/plain", "application/merge-patch+json", "multipart/form-data; boundary=x", "application/jsonl", "APPLICATION/JSONX",
    "application/json; version=2", "application/vnd.api+json", "application/json\tx", "application/cbor",
)  # fmt: skip
AMOUNTS: tuple[Any, ...] = (
    0, -1, -120, 120.0, 1e3, 0.5, "120", "1e3", "", " 120", True, False, None, [120], [120, 120], {"value": 120}, 10**6, 10**18, 2**63,
    2**64 + 120, 501, 5001, "١٢٠", 120.00000001, -0.0,
)  # fmt: skip
RAW_AMOUNTS = (
    "1e2",
    "1E+2",
    "120e0",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x78",
    "0120",
    "+120",
    "120.",
    "1_20",
    "12e1",
    '120,"x":1',
    "1" * 5000,
    "120 120",
)
STRANGERS: tuple[Any, ...] = (
    "99999999999", "", " ", None, 0, True, [], {}, ["{member}"], {"value": "{member}"}, "{member} ", " {member}", "{member}\n", "{member}\u200b",
    "{member}\u0000", "0{member}", "{member}0", "{fullwidth}", "*", "%", "' OR 1=1 --", "../{member}", "{member};{member}", "{member},{member}",
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """One request, by what is wrong with it."""

    name: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    case: str = ""


@dataclass(frozen=True)
class Right:
    """A request that the budget allows, and where in its body it says what is counted.

    Attributes:
        points, member: Paths of keys.
        elsewhere: URLs of other operations that write.
    """

    method: str
    url: str
    body: Mapping[str, Any]
    points: tuple[Any, ...]
    member: tuple[Any, ...]
    others: tuple[tuple[Any, ...], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def attempt(self) -> Attempt:
        return Attempt(
            "right",
            self.method,
            self.url,
            (("content-type", "application/json"), *self.headers),
            json.dumps(self.body).encode(),
        )


@dataclass(frozen=True)
class Limits:
    """What a budget allows, as the receiver is told it.

    Attributes:
        reads: Operations that need no budget.
        own: Name of the field that tells one write from another.
        free: Names of fields that may say anything.
    """

    reads: tuple[str, ...]
    own: str
    free: tuple[str, ...]
    count: int
    total: int
    each: int


def beyond(heard: Sequence[Call], right: Right, limits: Limits) -> list[Call]:
    """What was heard that the limits do not allow, found out by the receiver and by nothing of ours: all but reads and the right
    write with other free text, under ids of their own, no more often and no more points than allowed."""
    found, known, count, total = [], set[str](), 0, 0
    for call in heard:
        if call.operation in limits.reads:
            continue
        pairs = json.loads(call.body, object_pairs_hook=lambda pairs: pairs)
        told = json.loads(call.body)
        points, own = told.get(right.points[-1]), told.get(limits.own)
        fixed = set(right.body) - {*limits.free, limits.own, right.points[-1]}
        count, total = count + 1, total + (points if type(points) is int else 0)
        is_right = (
            (call.method, call.target) == (right.method, urlsplit(right.url).path)
            and set(call.headers) <= _USUAL
            and call.headers.get("content-type") == "application/json"
            and len(pairs) == len(told)
            and set(told) <= set(right.body) | set(limits.free)
            and all(told.get(name) == right.body[name] for name in fixed)
            and type(points) is int
            and 0 < points <= limits.each
            and isinstance(own, str)
            and own not in known
        )
        known.add(str(own))
        if not is_right or count > limits.count or total > limits.total:
            found.append(call)
    return found


def attempts(right: Right) -> Iterator[Attempt]:
    """Every attempt, each wrong in one way, and each under an id of its own, so that none is refused for another's sake."""
    families = (
        _methods,
        _elsewhere,
        _hosts,
        _paths,
        _queries,
        _headers,
        _types,
        _amounts,
        _members,
        _fields,
        _layouts,
        _generated,
        _flipped,
    )
    for number, attempt in enumerate((attempt for family in families for attempt in family(right)), 1):
        yield replace(attempt, body=attempt.body.replace(OWN.encode(), b"p-%04d" % number))


def _methods(right: Right) -> Iterator[Attempt]:
    paths = ("", "/", "/1", "/batch", ".json", "/../credits")
    for method, path in itertools.product(METHODS, paths):
        yield replace(right.attempt, name=f"{method} {path}", method=method, url=right.url + path)


def _elsewhere(right: Right) -> Iterator[Attempt]:
    for method, url in right.elsewhere:
        for body in (right.attempt.body, b"", b"{}"):
            yield replace(right.attempt, name=f"{method} {url}", method=method, url=url, body=body)


def _hosts(right: Right) -> Iterator[Attempt]:
    parts = urlsplit(right.url)
    for host in HOSTS:
        url = f"https://{host.format(host=parts.netloc)}{parts.path}"
        yield replace(right.attempt, name=f"host {host}", url=url)
        yield replace(
            right.attempt,
            name=f"host {host}, named right",
            url=url,
            headers=(*right.attempt.headers, ("host", parts.netloc)),
        )
    for scheme in SCHEMES:
        yield replace(right.attempt, name=scheme, url=f"{scheme}://{parts.netloc}{parts.path}")


def _paths(right: Right) -> Iterator[Attempt]:
    parts = urlsplit(right.url)
    base, path = f"https://{parts.netloc}", parts.path
    for place, letter in enumerate(path):
        yield replace(
            right.attempt, name=f"encoded at {place}", url=f"{base}{path[:place]}%{ord(letter):02x}{path[place + 1 :]}"
        )
        yield replace(
            right.attempt,
            name=f"encoded twice at {place}",
            url=f"{base}{path[:place]}%25{ord(letter):02x}{path[place + 1 :]}",
        )
        if letter.isalpha():
            yield replace(
                right.attempt, name=f"case at {place}", url=base + path[:place] + letter.swapcase() + path[place + 1 :]
            )
        if letter == "/":
            for trick in (
                "//",
                "/./",
                "/../",
                "/%2e/",
                "/%2e%2e/",
                "/..;/",
                "\\",
                "/;a=b/",
                "/%2f",
                "/%5c",
                "/\u2215",
                "/%00",
                "/.%2e/",
                "/ /",
            ):
                yield replace(
                    right.attempt, name=f"{trick} at {place}", url=base + path[:place] + trick + path[place + 1 :]
                )
    for trick in ("/https://evil.example/x", f"/{right.url}", f"//{parts.netloc}{path}", f"/x/..{path}", f"/%2e%2e{path}", f"{path};v=1",
                  f"{path}%00", f"{path}%20", f"{path} ", f"{path}%0d%0aX: y", f"{path}\u200b", f"{path}.", f"{path}/."):  # fmt: skip
        yield replace(right.attempt, name=f"path {trick}", url=base + trick)


def _queries(right: Right) -> Iterator[Attempt]:
    for query in (
        "?",
        "?_method=DELETE",
        "?points=9999",
        "?dryRun=false",
        "?a=b&a=c",
        "#x",
        "?#",
        "?%70oints=1",
        ";points=1",
    ):
        yield replace(right.attempt, name=f"query {query}", url=right.url + query)


def _headers(right: Right) -> Iterator[Attempt]:
    host = urlsplit(right.url).netloc
    for (name, value), spelt in itertools.product(HEADERS, (str.lower, str.title, str.upper)):
        more = (spelt(name), value.format(host=host))
        yield replace(right.attempt, name=f"header {more}", headers=(*right.attempt.headers, more))


def _types(right: Right) -> Iterator[Attempt]:
    for kind in TYPES:
        told = (("content-type", kind),) if kind else ()
        yield replace(right.attempt, name=f"type {kind!r}", headers=(*told, *right.headers))


def _amounts(right: Right) -> Iterator[Attempt]:
    for amount in AMOUNTS:
        yield _with(right, right.points, amount, f"amount {amount!r}")
    told, old = json.dumps(right.body), json.dumps(_at(right.body, right.points))
    for raw in RAW_AMOUNTS:
        yield replace(
            right.attempt,
            name=f"amount as {raw[:20]}",
            body=told.replace(f'"{right.points[-1]}": {old}', f'"{right.points[-1]}": {raw}').encode(),
        )
    yield _without(right, right.points)


def _members(right: Right) -> Iterator[Attempt]:
    member = str(_at(right.body, right.member))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in member)
    for stranger in STRANGERS:
        value = json.loads(json.dumps(stranger).replace("{member}", member).replace("{fullwidth}", wide))
        if value != member:
            yield _with(right, right.member, value, f"member {stranger!r}")
    for number in range(60):
        yield _with(
            right,
            right.member,
            f"{(int(member) + 1 + number * 7) % 10 ** len(member):0{len(member)}d}",
            f"stranger {number}",
        )
    yield _without(right, right.member)
    for other in right.others:
        for stranger in (
            "99999999999",
            {"type": "CPF", "number": "99999999999", "country": "BR"},
            "",
            None,
            [],
            ["x"],
            7,
        ):
            yield _with(right, other, stranger, f"{other} {stranger!r}")


def _fields(right: Right) -> Iterator[Attempt]:
    """More than is known: the same by other names, deeper, doubled, in lists."""
    last = str(right.points[-1])
    for name in ("Points", "POINTS", "points ", "points\u0000", "bonus", "amount", "__proto__", "constructor", "*", "$ref", "items", "batch", "multiplier",
                 "pоints", last.upper() + "s", "x" * 200, "", "0", "extra/points", "~1points"):  # fmt: skip
        for value in (9999, "9999", {last: 9999}, [{last: 9999}], None, {}):
            yield _with(right, (name,), value, f"field {name!r} {value!r}")
            if len(right.member) > 1:
                yield _with(right, (*right.member[:-1], name), value, f"field beside the member {name!r} {value!r}")


def _layouts(right: Right) -> Iterator[Attempt]:
    body = right.attempt.body
    told = body.decode()
    last = str(right.points[-1])
    twice = [
        f'{told[:-1]}, "{key}": {value}}}'
        for key in (last, f"{last[:2]}\\u{ord(last[2]):04x}{last[3:]}")
        for value in ("9999", "120", "null", '"9999"')
    ]
    twice += [f'{{"{last}": {value}, {told[1:]}' for value in ("9999", "1", "null", "[]")]
    whole = {
        "a list": f"[{told}]", "two in a list": f"[{told}, {told}]", "one after another": f"{told}\n{told}", "in quotes": json.dumps(told),
        "a comment": f"/* */{told}", "a comment at its end": f"{told} // x", "single quotes": told.replace('"', "'"), "cut off": told[:-1],
        "a comma more": f"{told[:-1]},}}", "empty": "", "null": "null", "true": "true", "a number": "120", "deep": "[" * 5000 + "]" * 5000,
        "wrapped": f'{{"data": {told}}}', "a trailing nul": f"{told}\x00", "long": f'{told[:-1]}, "note": "{"x" * 70_000}"}}',
    }  # fmt: skip
    for name, text in [*whole.items(), *((f"twice {n}", text) for n, text in enumerate(twice))]:
        yield replace(right.attempt, name=f"body {name}", body=text.encode())
    coded = {
        "gzip": gzip.compress(body), "deflate": zlib.compress(body), "utf-16": told.encode("utf-16"), "utf-16-le": told.encode("utf-16-le"),
        "utf-32": told.encode("utf-32"), "bom": b"\xef\xbb\xbf" + body, "latin-1": told.replace("}", ', "note": "ü"}').encode("latin-1"),
        "overlong": body.replace(b'"', b"\xc0\xa2"), "form": b"points=9999&card=7000000002", "chunked": b"5\r\nhello\r\n0\r\n\r\n",
        "smuggled": body + b"\r\nPOST /credits HTTP/1.1\r\n\r\n" + body,
    }  # fmt: skip
    for name, data in coded.items():
        yield replace(right.attempt, name=f"coded {name}", body=data)
        yield replace(
            right.attempt,
            name=f"coded {name}, said",
            body=data,
            headers=(*right.attempt.headers, ("content-encoding", name)),
        )


def _generated(right: Right) -> Iterator[Attempt]:
    for number in range(20):
        yield replace(right.attempt, name=f"generated {number}", case=f"case-{number}")


def _flipped(right: Right) -> Iterator[Attempt]:
    """Each byte of the body altered, left out or there twice, in turns. Some of these are as good as the right one."""
    body = right.attempt.body
    for place in range(len(body)):
        before, byte, after = body[:place], body[place : place + 1], body[place + 1 :]
        how, now = (("altered", bytes([byte[0] ^ 4])), ("left out", b""), ("twice", byte * 2))[place % 3]
        yield replace(right.attempt, name=f"byte {place} {how}", body=before + now + after)


def _at(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        body = body[key]
    return body


def _with(right: Right, path: tuple[Any, ...], value: Any, name: str) -> Attempt:
    body = deepcopy(dict(right.body))
    _at(body, path[:-1])[path[-1]] = value
    return replace(right.attempt, name=name, body=json.dumps(body).encode())


def _without(right: Right, path: tuple[Any, ...]) -> Attempt:
    body = deepcopy(dict(right.body))
    del _at(body, path[:-1])[path[-1]]
    return replace(right.attempt, name=f"without {path}", body=json.dumps(body).encode())
