"""Mini Miles enacted: members, credits that count once, tokens of ten minutes."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from accredit import Answer, Call, Cut, Setup

MEMBERS = {"7000000001": "ann@mini.example", "7000000002": "bob@mini.example"}


class Simulator:
    DEFECTS: ClassVar[Mapping[str, str]] = {
        "answers_another_member": "Reading a member answers with another.",
        "credits_a_repeat": "A repeated credit counts again.",
        "token_never_ends": "A token is good for ever.",
        "hides_gold": "Gold members are not told so.",
        "answers_html": "Members are answered in HTML.",
        "answers_at_length": "Members are answered in ten megabytes.",
        "breaks_off_midway": "The line breaks in the middle of a member.",
        "answers_broken_json": "Members are answered in half a JSON.",
        "denies_at_the_edge": "A firewall answers for members.",
        "grants_nothing": "The token answer holds no token.",
    }

    def __init__(self, setup: Setup) -> None:
        self.setup, self.tokens, self.credits = setup, dict[str, Any](), dict[str, tuple[str, int]]()
        self.points = dict.fromkeys(MEMBERS, 0)
        self.secret = setup.random.randbytes(12).hex()

    def wrong(self, defect: str) -> bool:
        return defect in self.setup.defects

    def access(self, environment: str) -> Mapping[str, str]:
        return {"client_id": f"mini-{environment}", "client_secret": f"{environment}-{self.secret}"}

    def roles(self, environment: str) -> Mapping[str, Any]:
        cards = list(MEMBERS)
        return {"partner_id": "MINI", "capabilities": ["gold"],
                "members": {"reading": {"card": cards[0]}, "collecting": {"card": cards[1]}}}  # fmt: skip

    def answer(self, call: Call) -> Answer:
        known = self.access(call.environment)
        if call.operation == "requestToken":
            basic = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
            if call.headers.get("authorization") != f"Basic {basic}":
                return Answer.of_json(400, {"error": "who are you"})
            token = self.setup.random.randbytes(16).hex()
            self.tokens[token] = self.setup.now() + timedelta(minutes=10)
            return Answer.of_json(
                200, {} if self.wrong("grants_nothing") else {"access_token": token, "expires_in": 600}
            )
        ends = self.tokens.get(call.headers.get("authorization", "").removeprefix("Bearer "))
        if ends is None or (self.setup.now() >= ends and not self.wrong("token_never_ends")):
            return Answer.of_json(401, {"error": "no token"})
        if call.operation == "readMember":
            return self.member(call.path.rpartition("/")[2])
        return self.credit(json.loads(call.body)) if call.operation == "credit" else Answer.of_json(404, {})

    def member(self, card: str) -> Answer:
        if card not in MEMBERS:
            return Answer.of_json(404, {"error": "nobody"})
        if self.wrong("answers_html"):
            return Answer.of_text(200, "<html>hello</html>", "text/html")
        if self.wrong("denies_at_the_edge"):
            return Answer.of_text(403, "<html>denied at the edge, Reference 4711</html>", "text/html")
        if self.wrong("answers_broken_json"):
            return Answer(200, b'{"card": "', {"content-type": "application/json"})
        if self.wrong("answers_at_length"):
            return Answer.of_json(200, {"filler": "x" * 10_000_000})
        shown = (
            next(other for other in MEMBERS if other != card)
            if self.wrong("answers_another_member") and card == "7000000001"
            else card
        )
        told = {
            "card": shown,
            "email": MEMBERS[shown],
            "points": self.points[card],
            "gold": not self.wrong("hides_gold"),
        }
        answer = Answer.of_json(200, told)
        return Answer(200, answer.body, answer.headers, Cut.MIDWAY) if self.wrong("breaks_off_midway") else answer

    def credit(self, told: Mapping[str, Any]) -> Answer:
        if told["id"] not in self.credits or self.wrong("credits_a_repeat"):
            self.credits[told["id"]] = (told["card"], told["points"])
            self.points[told["card"]] += told["points"]
        return Answer.of_json(self.setup.settings["credit.status"], {"id": told["id"]})
