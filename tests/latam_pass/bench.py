"""LATAM Pass's simulator on the bench: a Call in, an Answer out, and a clock moved by hand."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from accredit.model.simulation import Answer, Call, Setup
from accredit.suite.catalogue import Dossier
from accredit.suite.simulation import load_simulation
from tests.defects import Defects

DOSSIER = Dossier("latam_pass", Path(__file__).resolve().parents[2])
DEFAULTS = {name: setting.value for name, setting in DOSSIER.provider.settings.items()}
SIMULATOR: Any = load_simulation(DOSSIER.root, DOSSIER.name)
MARKER = "x-latam-test"
_FORM = "application/x-www-form-urlencoded"
OWN_HEADERS = ("client_id", "access_token")
AUTH_ERROR = {"result": "failure", "errors": [{"type": "INVALID", "message": ""}], "status": 400}
SCOPES = sorted(DEFAULTS["member.response.map"])
SOON, LATER = 20, 1000
"""Seconds after which an accrual decided to end soon, and any other, has ended."""


class Bench:
    """A simulator and calls to it that are right in everything that is not said otherwise."""

    def __init__(self, *defects: str, seed: int = 7, **settings: Any) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        chosen = DEFAULTS | {name.replace("_", "."): value for name, value in settings.items()}
        self.defects = Defects(defects)
        self.simulator = SIMULATOR(Setup(chosen, lambda: self.now, self.defects, Random(seed)))
        self._token, self._renew_at = "", self.now
        self._count = 0

    @cached_property
    def roles(self) -> Mapping[str, Any]:
        roles: Mapping[str, Any] = self.simulator.roles("certification")
        return roles

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def member(self, role: str) -> dict[str, Any]:
        return dict(self.roles["members"][role])

    def ffn(self, role: str = "known by both") -> str:
        return str(self.member(role)["ffn"])

    def call(
        self,
        operation: str,
        body: object = None,
        query: Mapping[str, object] | None = None,
        *,
        environment: str = "certification",
        without: Sequence[str] = (),
        **headers: str,
    ) -> Answer:
        """Headers are written with underscores where they have hyphens; those of the gateway's own keep theirs."""
        usual = {"client_id": self.simulator.access(environment)["client_id"], "host": "api.latampass.com"}
        usual["content-type"] = _FORM if operation == "requestToken" else "application/json"
        if environment == "certification":
            usual[MARKER] = "LatamPass"
        if operation != "requestToken" and not {"access_token"} & {*without, *headers}:
            usual["access_token"] = self.token(environment)
        usual |= {name if name in OWN_HEADERS else name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        told = {name: value for name, value in usual.items() if name not in without}
        asked = {name: [str(value)] for name, value in (query or {}).items()}
        answer: Answer = self.simulator.answer(Call(operation, environment, "POST", "/sandbox/x", asked, told, sent))
        return answer

    # --- tokens ---

    def grant(
        self,
        environment: str = "certification",
        basic: str | None = None,
        form: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
    ) -> Answer:
        known = self.simulator.access(environment)
        pair = basic if basic is not None else f"{known['client_id']}:{known['client_secret']}"
        body = urlencode({"grant_type": "client_credentials"} if form is None else form).encode()
        shown = "Basic " + base64.b64encode(pair.encode()).decode()
        return self.call("requestToken", body, environment=environment, without=without, authorization=shown)

    def token(self, environment: str = "certification", *, new: bool = False) -> str:
        """A good one. That of the test environment is kept for as long as it lasts."""
        if environment == "certification" and not new and self.now < self._renew_at:
            return self._token
        value = str(told(self.grant(environment)).get("access_token", ""))
        if environment == "certification":
            self._token, self._renew_at = value, self.now + timedelta(hours=1)
        return value

    # --- business ---

    def search(
        self, ffn: str | None = None, document: object = None, scopes: str = "member-status", **how: Any
    ) -> Answer:
        body = {name: value for name, value in (("ffn", ffn), ("document", document)) if value is not None}
        return self.call("searchMember", body, x_scope=scopes, **how)

    def anyone(self, **how: Any) -> Answer:
        return self.search(self.ffn(), **how)

    def purchase(self, role: str = "known by both", **changes: Any) -> dict[str, Any]:
        self._count += 1
        return {
            "partner": {"id": self.roles["partner_id"]},
            "member": {"ffn": self.ffn(role)},
            "partnerTransactionId": f"tx-{self._count}",
            "partnerAccrualId": f"acc-{self._count}",
            "partnerOriginDate": "2026-11-20T19:42:07.123-04:00",
            "description": "Points for a purchase",
            "points": 120,
            "productId": "001",
            **changes,
        }

    def report(self, role: str = "known by both", **changes: Any) -> Answer:
        return self.call("requestAccrual", self.purchase(role, **changes))

    def ask(self, **query: object) -> Answer:
        return self.call("getAccruals", None, {"partnerIdentifier": self.roles["partner_id"], **query})

    def items(self, **query: object) -> list[dict[str, Any]]:
        return list(told(self.ask(**query))["accruals"])

    def ended(self, **changes: Any) -> dict[str, Any]:
        """A report's item long after it was sent."""
        acknowledged = told(self.report(**changes))
        self.wait(LATER)
        return self.items(correlationId=acknowledged["correlationId"])[0]

    def begin(self, card: object = None, bank: str = "BANK-ONE", role: str = "known by both", **how: Any) -> Answer:
        body = {"member": {"ffn": self.ffn(role)}, "card": card or {"token": "one"}}
        return self.call("beginCobrand", body, x_issue_bank=bank, **how)

    def end(self, card: object = None, bank: str = "BANK-ONE", role: str = "known by both") -> Answer:
        return self.call("endCobrand", {"ffn": self.ffn(role), "card": card or {"token": "one"}}, x_issue_bank=bank)

    def balance(self, role: str = "known by both") -> int:
        return int(told(self.search(self.ffn(role), scopes="member-balance"))["balance"])

    def segments(self) -> int:
        return len(told(self.anyone(scopes="member-segment"))["segments"])


def told(answer: Answer) -> Any:
    return json.loads(answer.body)
