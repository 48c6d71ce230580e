"""Points' simulator on the bench: a Call in, an Answer out, results taken from its outbox, and a clock moved by hand."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from accredit import RsaKey, Setup, signatures
from accredit.model.simulation import Answer, Call
from accredit.suite.catalogue import Dossier
from accredit.suite.simulation import load_simulation
from tests.defects import Defects

DOSSIER = Dossier("points", Path(__file__).resolve().parents[2])
DEFAULTS = {name: setting.value for name, setting in DOSSIER.provider.settings.items()}
SIMULATOR: Any = load_simulation(DOSSIER.root, DOSSIER.name)
TARGET = "/point-endpoint"
CALLBACK = "https://partner.example/callbacks/points"
FORM = "application/x-www-form-urlencoded"
LATER = 1000
"""Seconds after which everything has come, late results included."""


class Bench:
    """A simulator and calls to it that are right in everything that is not said otherwise.

    Attributes:
        acknowledges: What results are answered with; None when nobody answers.
        addresses: Where each result went, in the order of sending.
    """

    def __init__(self, *defects: str, seed: int = 7, **settings: Any) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        chosen = DEFAULTS | {name.replace("_", "."): value for name, value in settings.items()}
        self.defects = Defects(defects)
        self.simulator = SIMULATOR(Setup(chosen, lambda: self.now, self.defects, Random(seed)))
        self.acknowledges: int | None = 200
        self.addresses: list[str] = []
        self._token, self._renew_at = "", self.now
        self._count = 0

    @cached_property
    def roles(self) -> Mapping[str, Any]:
        roles: Mapping[str, Any] = self.simulator.roles("certification")
        return roles

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def user(self, role: str = "earning") -> str:
        return str(self.roles["members"][role]["userId"])

    def rule(self, role: str = "earn") -> str:
        return str(self.roles["products"][role])

    def call(
        self, operation: str, body: bytes = b"", *, method: str = "POST", target: str = TARGET, path: str = "",
        without: Sequence[str] = (), environment: str = "certification", **headers: str,
    ) -> Answer:  # fmt: skip
        """Headers are written with underscores where they have hyphens."""
        usual = {"content-type": "application/json"}
        if operation != "requestToken" and "authorization" not in {*without, *headers}:
            usual["authorization"] = f"Bearer {self.token(environment)}"
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        told = {name: value for name, value in usual.items() if name not in without}
        called = Call(operation, environment, method, path or target.partition("?")[0], {}, told, body, "", target)
        answer: Answer = self.simulator.answer(called)
        return answer

    # --- tokens ---

    def form(self, environment: str = "certification", **changes: str) -> dict[str, str]:
        known = self.simulator.access(environment)
        right = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        return {"grant_type": "client_credentials", **right, **changes}

    def grant(
        self, form: Mapping[str, str] | None = None, environment: str = "certification", **changes: str
    ) -> Answer:
        sent = self.form(environment, **changes) if form is None else form
        return self.call("requestToken", urlencode(sent).encode(), environment=environment, content_type=FORM)

    def token(self, environment: str = "certification", *, new: bool = False) -> str:
        """A good one. That of staging is kept for as long as it lasts."""
        if environment == "certification" and not new and self.now < self._renew_at:
            return self._token
        answer = self.grant(environment=environment)
        value = str(told(answer).get("access_token", "")) if answer.status == 200 else ""
        if environment == "certification":
            self._token, self._renew_at = value, self.now + timedelta(minutes=30)
        return value

    # --- points ---

    def body(self, rule: str = "earn", user: str = "earning", amount: Any = 10, **changes: Any) -> dict[str, Any]:
        self._count += 1
        usual = {"userId": self.user(user), "ruleId": self.rule(rule), "amount": amount}
        return {**usual, "requestId": f"req-{self._count}", "callbackUrl": CALLBACK, **changes}

    def ask(self, rule: str = "earn", user: str = "earning", amount: Any = 10, **changes: Any) -> Answer:
        return self.send(self.body(rule, user, amount, **changes))

    def send(self, body: Mapping[str, Any], **how: Any) -> Answer:
        return self.call("requestPoints", json.dumps(body).encode(), **how)

    def redeem(self, amount: Any = 10, user: str = "redeeming", **changes: Any) -> Answer:
        return self.ask("redeem", user, amount, **changes)

    def raw_results(self, seconds: float = LATER) -> list[bytes]:
        """Everything that is sent within that time, each acknowledged as the bench does; none is there twice."""
        came, end = [], self.now + timedelta(seconds=seconds)
        while True:
            for delivery in (*self.simulator.outbox.take_early(), *self.simulator.outbox.take_due()):
                came.append(delivery.body)
                self.addresses.append(delivery.url)
                delivery.told(self.acknowledges)
            due = self.simulator.outbox.next_due
            if due is None or due > end:
                self.now = max(self.now, end)
                return came
            self.now = max(self.now, due)

    def results(self, seconds: float = LATER) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.raw_results(seconds)]

    def result(self, *how: Any, **changes: Any) -> dict[str, Any]:
        """The one result of one request."""
        assert self.ask(*how, **changes).status == 202
        [only] = self.results()
        return only

    # --- signatures ---

    def signed(
        self, body: bytes | None = None, *, target: str = TARGET, created: int | None = None, digest: str | None = None,
        key: tuple[str, str] | None = None,
    ) -> tuple[bytes, dict[str, str]]:  # fmt: skip
        """A body, and the headers that sign it."""
        known = self.simulator.access("certification")
        key_id, pem = key or (known["signing_key_id"], known["signing_key"])
        content = json.dumps(self.body()).encode() if body is None else body
        at, told_digest = (
            int(self.now.timestamp()) if created is None else created,
            digest or signatures.digest(content),
        )
        signature = RsaKey.from_pem(pem.encode()).sign_sha256(
            signatures.signing_string(at, told_digest, "POST", target)
        )
        return content, {"digest": told_digest, "signature": signatures.header(key_id, at, signature)}

    def send_signed(self, sent: tuple[bytes, Mapping[str, str]] | None = None, *, target: str = TARGET) -> Answer:
        body, headers = sent or self.signed()
        return self.call("requestPoints", body, target=target, **headers)

    # --- balances ---

    def read(self, role: str = "earning", organisation: str = "", user: str = "", **how: Any) -> Answer:
        of, who = organisation or str(DEFAULTS["balance.organisation"]), user or self.user(role)
        path = f"/latitude-points/orgs/{of}/point-programs/default/balances/{who}"
        return self.call("getBalance", method="GET", path=path, target=quote(path), **how)

    def balance(self, role: str = "earning") -> int:
        return int(told(self.read(role))["balance"])

    def moved(self, role: str, act: Any) -> int:
        """By how many points the user's balance is higher once everything that `act` began has ended."""
        before = self.balance(role)
        act()
        self.raw_results()
        return self.balance(role) - before


def told(answer: Answer) -> Any:
    return json.loads(answer.body)
