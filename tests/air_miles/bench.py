"""AIR MILES' simulator on the bench: a Call in, an Answer out, and a clock moved by hand."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from accredit.model.simulation import Answer, Call, Setup
from accredit.suite.simulation import load_simulation
from tests.defects import Defects

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "contracts" / "air_miles"
DEFAULTS = {
    name: told["value"] for name, told in tomllib.loads((FOLDER / "provider.toml").read_text())["settings"].items()
}
SIMULATOR: Any = load_simulation(ROOT, "air_miles")
NOON = datetime(2026, 11, 21, 17, tzinfo=UTC)
"""12:00 in Toronto."""


class Bench:
    """A simulator and calls to it that are right in everything that is not said otherwise."""

    def __init__(self, *defects: str, seed: int = 7, **settings: Any) -> None:
        self.now = NOON
        chosen = DEFAULTS | {name.replace("_", "."): value for name, value in settings.items()}
        self.defects = Defects(defects)
        self.simulator = SIMULATOR(Setup(chosen, lambda: self.now, self.defects, Random(seed)))
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._count = 0

    @cached_property
    def roles(self) -> Mapping[str, Any]:
        roles: Mapping[str, Any] = self.simulator.roles("certification")
        return roles

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def number(self, role: str = "collecting") -> str:
        return str(self.roles["members"][role]["number"])

    def miles(self, role: str = "collecting", environment: str = "certification") -> int:
        return int(self.simulator.miles_of(self.number(role), environment))

    # --- calls ---

    def call(
        self,
        operation: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        environment: str = "certification",
        without: Sequence[str] = (),
        method: str = "POST",
        token: str | None = None,
        **headers: str,
    ) -> Answer:
        """Headers are written with underscores where they have hyphens. `token` is the machine's unless another is given."""
        usual = {"content-type": "application/json"} if body is not None else {}
        if "authorization" not in without:
            usual["authorization"] = f"Bearer {self.token(environment) if token is None else token}"
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        told = {name: value for name, value in usual.items() if name not in without}
        return self.answer(operation, _bytes(body), told, environment, query=query, method=method)

    def answer(
        self,
        operation: str,
        body: bytes,
        headers: Mapping[str, str],
        environment: str = "certification",
        *,
        query: Mapping[str, object] | None = None,
        method: str = "POST",
    ) -> Answer:
        asked = {name: [str(value)] for name, value in (query or {}).items()}
        answer: Answer = self.simulator.answer(Call(operation, environment, method, "/x", asked, headers, body))
        return answer

    def grant(self, environment: str = "certification", **form: str) -> Answer:
        """A token call: the machine's own, but for the fields that are given."""
        usual = {
            "grant_type": "client_credentials",
            **self.simulator.access(environment),
            "audience": DEFAULTS["issuance.oauth.audience"],
        }
        body = urlencode({**usual, **form}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.answer("requestToken", body, kind, environment)

    def token(self, environment: str = "certification", *, new: bool = False) -> str:
        """The machine's token, kept for as long as it lasts."""
        value, ends_at = self._tokens.get(environment, ("", self.now))
        if new or self.now >= ends_at:
            granted = told(self.grant(environment))
            value = str(granted["access_token"])
            self._tokens[environment] = value, self.now + timedelta(seconds=granted["expires_in"])
        return value

    # --- Issuance ---

    def basket(self, role: str = "collecting", **changes: Any) -> dict[str, Any]:
        """The published sample, without anything that earns miles."""
        self._count += 1
        usual = {
            "basketPreTaxAmount": 24.97,
            "basketHSTAmount": 3.25,
            "basketPostTaxAmount": 28.22,
            "checkoutDateTime": (self.now - timedelta(minutes=1)).isoformat(),
            "checkoutTransactionId": f"basket-{self._count}",
            "collectorNumber": self.number(role),
            "deviceId": "POS1",
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def sale(self, miles: int = 5, offer: str = "STANDARD", role: str = "collecting", **changes: Any) -> dict[str, Any]:
        """A basket of which the partner calculated the miles; for POST and REVERSE."""
        return self.basket(role, **{"issuances": [issuance(miles, offer)], **changes})

    def lines(self, *dollars: int, role: str = "collecting", **changes: Any) -> dict[str, Any]:
        """A basket with a line for each amount; for CALCULATE, ISSUE and RETURN. No tax."""
        items = [
            {"id": f"SKU-{place}", "quantity": 1, "baseAmount": amount, "finalAmount": amount}
            for place, amount in enumerate(dollars, 1)
        ]
        total = sum(dollars)
        amounts = {"basketPreTaxAmount": total, "basketHSTAmount": 0, "basketPostTaxAmount": total}
        return self.basket(role, **{**amounts, "items": items, **changes})

    def event(self, miles: int = 5, offer: str = "THANKS", role: str = "collecting", **changes: Any) -> dict[str, Any]:
        self._count += 1
        usual = {
            "clientTransactionId": f"event-{self._count}",
            "collectorNumber": self.number(role),
            "issuances": [issuance(miles, offer)],
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def post(self, miles: int = 5, offer: str = "STANDARD", key: str = "", **how: Any) -> Answer:
        return self.keyed("postMiles", self.sale(miles, offer, **how), key)

    def keyed(self, operation: str, body: object, key: str = "", **how: Any) -> Answer:
        """A call with an Idempotency-Key; a new one unless it is given."""
        self._count += 1
        return self.call(
            operation, body, idempotency_key=key or f"{self._count:08d}-0000-4000-8000-000000000000", **how
        )


def issuance(miles: int, offer: str = "STANDARD", **changes: Any) -> dict[str, Any]:
    return {"issuanceOfferCode": offer, "locationCode": "0037", "milesAmount": miles, **changes}


def told(answer: Answer) -> Any:
    return json.loads(answer.body)


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
