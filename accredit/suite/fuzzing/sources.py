"""Where bound values come from: `member:earning:userId`, `json:24.97`, `claimed:scope:` and the like, read for one partner in one run.

What is new for each request (`id:earn`, `email:who`, `moment:-60`, `callback:pointsResult`) and what is secret is drawn as a mark, and put in
when the request is sent: the same seed then gives the same cases, whenever and wherever they run.
"""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from accredit.model.errors import CannotJudge, UsageError
from accredit.model.moment import stamp
from accredit.suite.partner import Partner
from accredit.wire.clock import Clock

MARK = "accredit-new-"
_IN_ENVIRONMENT = "env:"
"""Before the name of a variable, for what may not stand in accredit.toml itself."""

KINDS = (
    "text",
    "json",
    "setting",
    "partner",
    "member",
    "product",
    "bank",
    "card",
    "claimed",
    "secret",
    "id",
    "email",
    "moment",
    "callback",
)
"""Every kind of source: what stands before the colon."""


class Sources:
    """Values by what `fuzzing.toml` calls them.

    Args:
        callback: Tells the URL that the provider calls back at.
        secret: Names of fields that are secret, whoever has them.
        learn: Is told the name and value of what must be written nowhere.
    """

    def __init__(self, partner: Partner, clock: Clock, callback: Callable[[], str], secret: Collection[str],
                 learn: Callable[[str, str], object]) -> None:  # fmt: skip
        self._partner, self._clock, self._callback, self._learn = partner, clock, callback, learn
        self._secret = frozenset(secret)
        self._marks: dict[str, Callable[[], str]] = {}
        self.secrets: set[str] = set()
        """Those of members."""

    def value(self, told: str) -> Any:
        """The value, or the mark of one that is made anew for each request.

        Raises:
            UsageError: there is no such source.
            CannotJudge: nobody plays that role, or nothing of that kind is claimed.
        """
        kind, _, rest = told.partition(":")
        role, _, field = rest.partition(":")
        partner = self._partner
        plain: Mapping[str, Callable[[], Any]] = {
            "text": lambda: rest,
            "json": lambda: json.loads(rest),
            "setting": lambda: partner.setting(role)[field] if field else partner.setting(rest),
            "partner": lambda: partner.id,
            "member": lambda: self._of_member(role, field),
            "product": lambda: partner.product(rest),
            "bank": lambda: partner.bank(rest),
            "card": lambda: partner.card(role)[field] if field else partner.card(role),
            "claimed": lambda: self._claimed(rest),
        }
        if kind in plain:
            try:
                return plain[kind]()
            except KeyError:
                raise UsageError(f"fuzzing.toml: {told!r} leads nowhere; see the roles in accredit.toml.") from None
            except ValueError:
                raise UsageError(f"fuzzing.toml: what follows json: in {told!r} is no JSON.") from None
        return self._mark(kind, rest)

    def marked(self, body: bytes) -> bool:
        """True when something in it has to be put in."""
        return MARK.encode() in body

    def fill(self, text: str, *, in_url: bool) -> str:
        """The text with something new in place of each mark."""
        for mark, make in self._marks.items():
            if mark in text:
                value = make()
                text = text.replace(mark, quote(value, safe="") if in_url else value)
        return text

    def _of_member(self, role: str, field: str) -> Any:
        """What a member's field says; the mark of it when it is secret, as what a variable holds always is.

        Raises:
            CannotJudge: the variable is not set.
        """
        told, name = _at(self._partner.member(role), field), field.rpartition(".")[2]
        if not isinstance(told, str):
            return told
        if told.startswith(_IN_ENVIRONMENT):
            name = told.removeprefix(_IN_ENVIRONMENT)
            if not (told := os.environ.get(name, "")):
                raise CannotJudge(f"accredit.toml names the environment variable {name}, which is not set.")
        elif name not in self._secret:
            return told
        self._learn(name, told)
        self.secrets.add(told)
        return self._marked_by("member", f"{role}:{field}", lambda: told)

    def _claimed(self, prefix: str) -> str:
        """`member-name,member-tier`: the capabilities of that prefix that the partner claims, without it."""
        names = sorted(c.removeprefix(prefix) for c in self._partner.capabilities if c.startswith(prefix))
        if not names:
            raise CannotJudge(f"the partner claims no capability {prefix}…; see capabilities in accredit.toml.")
        return ",".join(names)

    def _mark(self, kind: str, rest: str) -> str:
        makers: Mapping[str, Callable[[], str]] = {
            "secret": lambda: self._partner.secret(rest),
            "id": lambda: self._partner.new_id(rest),
            "email": lambda: f"{self._partner.new_id(rest)}@example.test".lower(),
            "moment": lambda: self._moment(float(rest)),
            "callback": self._callback,
        }
        if kind not in makers:
            raise UsageError(
                f"fuzzing.toml: {kind!r} is no source; see accredit/suite/fuzzing/sources.py for those there are."
            )
        return self._marked_by(kind, rest, makers[kind])

    def _marked_by(self, kind: str, rest: str, make: Callable[[], str]) -> str:
        # Of one length and of plain letters: none begins another, and each looks the same in a URL.
        mark = f"{MARK}{kind}-{hashlib.sha256(rest.encode()).hexdigest()[:8]}"
        self._marks[mark] = make
        return mark

    def _moment(self, seconds: float) -> str:
        return stamp(self._clock.now() + timedelta(seconds=seconds))


def _at(fields: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path: `document.number`."""
    first, _, rest = path.partition(".")
    return _at(fields[first], rest) if rest else fields[first]
