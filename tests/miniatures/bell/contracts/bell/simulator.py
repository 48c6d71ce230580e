"""Bell Points enacted: signed credits, done two seconds later, told by a callback."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from accredit import Answer, Call, Delivery, Outbox, RsaKey, Setup, jwt, signatures


class Simulator:
    DEFECTS: ClassVar[Mapping[str, str]] = {
        "never_rings": "No callback is made.",
        "rings_late": "The callback comes a minute late.",
        "rings_twice": "The callback comes twice.",
        "rings_for_another": "The callback names another user.",
        "rings_in_riddles": "The callback says its points in words.",
        "rings_and_contradicts": "A second callback says other points.",
        "takes_unsigned": "A credit without a signature is taken.",
        "ignores_the_digest": "The body is not compared with its digest.",
        "never_forges": "Asked for a forged callback, it makes none.",
    }

    def __init__(self, setup: Setup) -> None:
        self.setup, self.outbox = setup, Outbox(setup.now)
        self.key, self.theirs = RsaKey.generate(), RsaKey.generate()
        self.secret = setup.random.randbytes(12).hex()

    def wrong(self, defect: str) -> bool:
        return defect in self.setup.defects

    def access(self, environment: str) -> Mapping[str, str]:
        pem = self.theirs.private_pem().decode()
        return {"client_id": f"app-of-{environment}", "client_secret": f"{environment}-{self.secret}",
                "signing_key": pem, "signing_key_id": "bell-key"}  # fmt: skip

    def roles(self, environment: str) -> Mapping[str, Any]:
        return {"partner_id": "BELL", "capabilities": ["signing"], "members": {"collecting": {"user": "user-0815"}}}

    def answer(self, call: Call) -> Answer:
        if call.operation == "openDoor":
            return self.token(call)
        try:
            jwt.claims_of(call.headers.get("authorization", "").removeprefix("Bearer "), self.key)
        except ValueError:
            return Answer.of_json(401, {"error": "no token"})
        return self.credit(call) if call.operation == "credit" else Answer.of_json(404, {})

    def token(self, call: Call) -> Answer:
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        known = self.access(call.environment)
        wanted = {"grant_type": "client_credentials", "client_id": known["client_id"], "client_secret": known["client_secret"],
                  "audience": self.setup.settings["audience"]}  # fmt: skip
        if form != wanted:
            return Answer.of_json(401, {"error": "who are you"})
        claims = {"sub": known["client_id"], "exp": int((self.setup.now() + timedelta(minutes=10)).timestamp())}
        return Answer.of_json(200, {"access_token": jwt.issue(claims, self.key), "expires_in": 600})

    def credit(self, call: Call) -> Answer:
        if not self.is_signed(call):
            return Answer.of_json(401, {"error": "not signed as agreed"})
        told = json.loads(call.body)
        done = {"id": told["id"], "user": told["user"], "points": told["points"]}
        if self.wrong("rings_for_another"):
            done["user"] = "user-4711"
        if self.wrong("rings_in_riddles"):
            done["points"] = "a dozen"
        wait = 62 if self.wrong("rings_late") else 2
        if not self.wrong("never_rings"):
            self.ring(told["ring"], done, wait)
        if self.wrong("rings_twice"):
            self.ring(told["ring"], done, wait)
        if self.wrong("rings_and_contradicts"):
            self.ring(told["ring"], {**done, "points": 1}, wait)
        return Answer.of_json(202, {})

    def is_signed(self, call: Call) -> bool:
        if "signature" not in call.headers:
            return self.wrong("takes_unsigned")
        told = signatures.parse(call.headers["signature"])
        digest = signatures.digest(call.body)
        if self.wrong("ignores_the_digest"):
            digest = call.headers["digest"]
        message = signatures.signing_string(int(told["created"]), digest, call.method, call.target)
        return self.theirs.verify_sha256(message, signatures.decoded(told["signature"]))

    def ring(self, url: str, told: Mapping[str, Any], seconds: float) -> None:
        delivery = Delivery("creditDone", url, json.dumps(told).encode(), {"content-type": "application/json"})
        self.outbox.post(delivery, self.setup.now() + timedelta(seconds=seconds))

    def forge(self, url: str) -> None:
        """Rings for a credit that nobody sent."""
        if not self.wrong("never_forges"):
            self.ring(url, {"id": "never-sent", "user": "user-0815", "points": 1}, 0)
