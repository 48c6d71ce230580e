"""Masks secrets and personal data at capture, before anything is written. Equal values stay equal within a run."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from accredit.model.disguise import disguises, parts, without_values
from accredit.model.provider import Masking
from accredit.wire.hunt import Hunt

Pairs = Sequence[tuple[str, str]]

_ALWAYS_SECRET = ("authorization", "proxy-authorization", "cookie", "set-cookie")
_SHOWN_OF_SHORTENED = 4
_SEPARATOR = "\x00"
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Mask:
    """What may not be written down, by declared name and by value.

    A declared name is masked where it stands and its value is learned: from then on it is masked wherever it appears, in
    any of its disguises. A masked value reads `[ffn:1f3a9c20]`: its name, and a keyed digest that lasts as long as the run.
    """

    def __init__(self, rules: Masking, key: bytes, secret: Sequence[str] = ()) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._since: dict[str, int] = {}
        self.written: Callable[[], int] = lambda: 0
        """How many records there are so far: asked whenever a value is learned."""
        self._keeps, self._learns_prose = True, True
        self._rules: dict[str, list[tuple[str, ...]]] = {}
        self._shortened = {name.lower() for name in rules.shortened}
        for names in (rules.personal, rules.secret, rules.shortened, _ALWAYS_SECRET, secret):
            for name in names:
                tail = tuple(part.lower() for part in name.replace("[]", "").split("."))
                self._rules.setdefault(tail[-1], []).append(tail)
        self._hunt = Hunt(iter(self._rules))

    @cached_property
    def passing(self) -> "Mask":
        """Masks what is declared alike, and learns nothing: for requests whose values were made up, in any number.

        A made-up value is nobody's. Should it be somebody's after all, then it was learned from a role or a secret before,
        or is learned from the answer that says so.
        """
        passing = copy(self)
        passing._keeps = False
        return passing

    @cached_property
    def refusing(self) -> "Mask":
        """Masks what is declared alike, and learns no prose: for refusals, where a field's name tells what is wrong with it
        (`{"ffn": "must not be null"}`) more often than what it holds. Such words are nobody's, and stand in other refusals too."""
        refusing = copy(self)
        refusing._learns_prose = False
        return refusing

    @property
    def learned(self) -> frozenset[str]:
        """Every value masked so far. For proving that none of them was written; never to be written itself."""
        return frozenset(self._tokens)

    @property
    def tokens(self) -> Mapping[str, str]:
        """Every value masked so far, and what stands in its place."""
        with self._lock:
            return dict(self._tokens)

    @property
    def since(self) -> Mapping[str, int]:
        """How many records had been written when each value was learned: those may hold it."""
        with self._lock:
            return dict(self._since)

    def learn(self, name: str, value: object) -> str:
        """Remembers a value and gives what stands in its place."""
        text = value if isinstance(value, str) else json.dumps(value)
        if not text or value is None or isinstance(value, bool):
            return text
        if not self._keeps or (not self._learns_prose and _is_prose(text)):
            return self._tokens.get(text) or self._token(name, text)
        with self._lock:
            if text not in self._tokens:
                token = self._token(name, text)
                for form in {form for part in parts(text) for form in disguises(part)}:
                    self._hunt.add(form, token)
                self._tokens[text], self._since[text] = token, self.written()
            return self._tokens[text]

    def text(self, text: str) -> str:
        """Any text with every learned value replaced."""
        return self._hunt.replaced(text)

    def texts(self, texts: Sequence[str]) -> list[str]:
        """Several texts at once: quicker than one by one, since most hold nothing."""
        joined = _SEPARATOR.join(texts)
        if joined.count(_SEPARATOR) != len(texts) - 1:
            joined = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
        return self.text(joined).split(_SEPARATOR)

    def data(self, value: Any) -> Any:
        """A JSON value with everything declared masked. Other places of a learned value are `text`'s to find."""
        return self._walk(dict(value) if isinstance(value, Mapping) else value, ("",))

    def headers(self, headers: Pairs) -> list[tuple[str, str]]:
        """Headers, declared names masked; the scheme of an `Authorization` stays readable."""
        rules = self._rules
        return [(name, self._header(name, value) if name.lower() in rules else value) for name, value in headers]

    def url(self, url: str) -> str:
        """A URL, declared query parameters masked."""
        if "?" not in url:
            return url
        try:
            parts = urlsplit(url)
        except ValueError:
            return "[a URL that cannot be read]"
        return urlunsplit(parts._replace(query=self._form(parts.query)))

    def declares(self, name: str) -> bool:
        """True when a value of this name is masked wherever it stands."""
        return self._is_declared((name.lower(),))

    def body(self, body: bytes, content_type: str, *, strict: bool = False) -> str:
        """A body as text. JSON and forms are masked by name; what is not text is described in brackets.

        Args:
            strict: Describes whatever is neither JSON nor a form, since nobody can say what of it is personal.
        """
        if not body:
            return ""
        kind = content_type.partition(";")[0].strip().lower()
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return f"[{len(body)} bytes of {kind or 'unknown type'}, not text]"
        if kind == "application/x-www-form-urlencoded":
            return self._form(text)
        looks_like_json = text.lstrip()[:1] in ("{", "[")
        if looks_like_json or kind.endswith("json"):
            return self._json(text)
        return f"[{len(body)} bytes of {kind or 'unknown type'}, neither JSON nor a form]" if strict else text

    def _json(self, text: str) -> str:
        try:
            return _ENCODER.encode(self.data(json.loads(text)))
        except (ValueError, RecursionError):
            return without_values(text)  # what does not parse cannot be masked by name

    def _form(self, text: str) -> str:
        pairs = [(name, self._leaf((name.lower(),), value)) for name, value in parse_qsl(text, keep_blank_values=True)]
        return urlencode(pairs, safe="[]:.…@ ") if pairs else text

    def _header(self, name: str, value: str) -> str:
        name = name.lower()
        scheme, space, rest = value.partition(" ")
        if name.endswith("authorization") and space:
            return f"{scheme} {self.learn(name, rest)}"
        return self._leaf((name,), value)

    def _walk(self, value: Any, path: tuple[str, ...], declared: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._member(str(key), item, path, declared) for key, item in value.items()}
        if isinstance(value, list):
            return [self._walk(item, path, declared) for item in value]
        if declared and value is not None and not isinstance(value, bool):
            return self.learn(declared, value)
        return value

    def _member(self, name: str, item: Any, path: tuple[str, ...], declared: str) -> Any:
        """Below something declared everything is; otherwise the path itself may be."""
        lower = name.lower()
        if declared:
            declared = f"{declared}.{name}"
        elif lower in self._rules and self._is_declared((*path, lower)):
            declared = name
        # Most of what an answer tells is a plain text that nobody hides.
        return item if not declared and isinstance(item, str) else self._walk(item, (*path, lower), declared)

    def _leaf(self, path: tuple[str, ...], value: str) -> str:
        return self.learn(path[-1], value) if self._is_declared(path) else value

    def _is_declared(self, path: tuple[str, ...]) -> bool:
        tails = self._rules.get(path[-1])
        return tails is not None and any(path[-len(tail) :] == tail for tail in tails)

    def _token(self, name: str, text: str) -> str:
        if name.lower() in self._shortened:
            return f"{text[:_SHOWN_OF_SHORTENED]}…" if len(text) > 2 * _SHOWN_OF_SHORTENED else "…"
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"[{name}:{digest[:8]}]"


def _is_prose(text: str) -> bool:
    """Words, as a person would say them."""
    return " " in text and not any(c.isdigit() or c == "@" for c in text)
