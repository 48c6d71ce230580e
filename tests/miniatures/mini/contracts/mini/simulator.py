"""Mini Miles enacted: members, credits that count once, tokens of ten minutes."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from accredit import Answer, Call, Cut, Setup

_CARD = re.compile("[0-9]{10}")
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
        "tells_a_stack_trace": "The refusal of a credit tells where the code stumbled.",
        "tells_the_token": "The refusal of a credit repeats the caller's token.",
        "takes_anything": "Credits are not looked at.",
        "refuses_large_credits": "Credits of more than 500 points are refused.",
        "credits_what_it_refuses": "A refused credit gives a point all the same.",
        "lets_anybody_in": "Members are shown to callers without a token.",
        "says_201": "Credits are taken with 201, of which nobody was told.",
        "says_plain_text": "Members are labelled as plain text.",
        "counts_in_words": "A member's points are a text.",
        "errs_in_lists": "The refusal of a credit is a list.",
        "forbids_everybody": "Whoever asks for anything is answered 403.",
        "finds_nothing": "Whoever asks for anything is answered 404.",
        "denies_everything_at_the_edge": "A firewall answers for everything.",
        "hangs_up": "The line breaks before a credit is answered.",
    }

    def __init__(self, setup: Setup) -> None:
        self.setup, self.tokens, self.credits = setup, dict[str, Any](), dict[str, tuple[str, int]]()
        self.points = dict.fromkeys(MEMBERS, 0)
        self.secret = setup.random.randbytes(12).hex()
        self.emails = {card: setup.canaries.like("email", f"member.{card}@mini.example") for card in MEMBERS}
        for card in MEMBERS:
            setup.canaries.mark("card", card)

    def wrong(self, defect: str) -> bool:
        return defect in self.setup.defects

    def access(self, environment: str) -> Mapping[str, str]:
        return {"client_id": f"app-of-{environment}", "client_secret": f"{environment}-{self.secret}"}

    def roles(self, environment: str) -> Mapping[str, Any]:
        cards = list(MEMBERS)
        return {"partner_id": "MINI", "capabilities": ["gold"],
                "members": {"reading": {"card": cards[0]}, "collecting": {"card": cards[1]}, "nobody": {"card": "7999999999"}}}  # fmt: skip

    def answer(self, call: Call) -> Answer:
        if self.wrong("denies_everything_at_the_edge"):
            return _denied_at_the_edge()
        for defect, status in (("forbids_everybody", 403), ("finds_nothing", 404)):
            if self.wrong(defect):
                return _refusal(status, "go away")
        if call.operation == "requestToken":
            return self.token(call)
        ends = self.tokens.get(call.headers.get("authorization", "").removeprefix("Bearer "))
        is_let_in = call.operation == "readMember" and self.wrong("lets_anybody_in")
        if not is_let_in and (ends is None or (self.setup.now() >= ends and not self.wrong("token_never_ends"))):
            return _refusal(401, "no token")
        if call.operation == "readMember":
            return self.member(call.path.rpartition("/")[2])
        return self.credit(call) if call.operation == "credit" else _refusal(404, "nothing there")

    def token(self, call: Call) -> Answer:
        known = self.access(call.environment)
        basic = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
        is_form = call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        form = parse_qs(call.body.decode(errors="replace"), keep_blank_values=True) if is_form else {}
        if call.headers.get("authorization") != f"Basic {basic}" or form.get("grant_type") != ["client_credentials"]:
            return _refusal(400, "who are you")
        token = self.setup.canaries.mark("access_token", self.setup.random.randbytes(16).hex())
        self.tokens[token] = self.setup.now() + timedelta(minutes=10)
        return Answer.of_json(200, {} if self.wrong("grants_nothing") else {"access_token": token, "expires_in": 600})

    def member(self, card: str) -> Answer:
        if not _CARD.fullmatch(card):
            return _refusal(400, "no card")
        if card not in MEMBERS:
            return _refusal(404, "nobody")
        if self.wrong("answers_html"):
            return Answer.of_text(200, "<html>hello</html>", "text/html")
        if self.wrong("denies_at_the_edge"):
            return _denied_at_the_edge()
        if self.wrong("answers_broken_json"):
            return Answer(200, b'{"card": "', {"content-type": "application/json"})
        if self.wrong("answers_at_length"):
            return Answer.of_json(200, {"filler": "x" * 10_000_000})
        shown = card
        if self.wrong("answers_another_member") and card == "7000000001":
            shown = next(other for other in MEMBERS if other != card)
        points = self.points[card]
        told = {
            "card": shown,
            "email": self.emails[shown],
            "points": f"{points} points" if self.wrong("counts_in_words") else points,
            "gold": not self.wrong("hides_gold"),
        }
        answer = Answer.of_json(200, told)
        if self.wrong("says_plain_text"):
            answer = Answer.of_text(200, answer.body.decode())
        return Answer(200, answer.body, answer.headers, Cut.MIDWAY) if self.wrong("breaks_off_midway") else answer

    def credit(self, call: Call) -> Answer:
        if self.wrong("hangs_up"):
            return Answer(202, cut=Cut.BEFORE_THE_ANSWER)
        told = _credit(call)
        if wrong := _wrong_with(told):
            return self.refused_credit(call, told, wrong)
        if told["points"] > 500 and self.wrong("refuses_large_credits"):
            return _refusal(400, "too large")
        if told["card"] not in MEMBERS:
            return _refusal(404, "nobody")
        if told["id"] not in self.credits or self.wrong("credits_a_repeat"):
            self.credits[told["id"]] = (told["card"], told["points"])
            self.points[told["card"]] += int(told["points"])
        status = 201 if self.wrong("says_201") else self.setup.settings["credit.status"]
        return Answer.of_json(status, {"id": told["id"]})

    def refused_credit(self, call: Call, told: Any, wrong: str) -> Answer:
        if self.wrong("takes_anything"):
            return Answer.of_json(self.setup.settings["credit.status"], {"id": "taken"})
        if self.wrong("credits_what_it_refuses") and isinstance(told, dict) and told.get("card") in list(MEMBERS):
            self.points[told["card"]] += 1
        if self.wrong("tells_a_stack_trace"):
            wrong = 'Traceback (most recent call last):\n  File "credits.py", line 12, in credit'
        if self.wrong("tells_the_token"):
            wrong = f"refused for {call.headers['authorization']}"
        return Answer.of_json(400, {"error": [wrong]}) if self.wrong("errs_in_lists") else _refusal(400, wrong)


def _refusal(status: int, why: str) -> Answer:
    return Answer.of_json(status, {"error": why})


def _denied_at_the_edge() -> Answer:
    return Answer.of_text(403, "<html>denied at the edge, Reference 4711</html>", "text/html")


def _credit(call: Call) -> Any:
    """None for what is no JSON."""
    if not call.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return json.loads(call.body)
    except ValueError:
        return None


def _wrong_with(told: Any) -> str:
    """Which of its fields is not as the contract says; empty when all are."""
    if not isinstance(told, dict) or set(told) - {"id", "card", "points", "note"}:
        return "that is no credit"
    points, id_, card, note = (told.get(name) for name in ("points", "id", "card", "note"))
    right = {
        "id": isinstance(id_, str) and 1 <= len(id_) <= 50,
        "card": isinstance(card, str) and _CARD.fullmatch(card),
        "points": not isinstance(points, bool) and isinstance(points, int | float) and points in range(1, 1001),
        "note": "note" not in told or (isinstance(note, str) and len(note) <= 20),
    }
    return ", ".join(name for name, is_right in right.items() if not is_right)
