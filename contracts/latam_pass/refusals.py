"""How calls are turned away: the token call's error, the API's error, the gateway's text, the firewall's page."""

from collections.abc import Mapping
from html import escape

from accredit import Answer, Call, Rules

INVALID, LIMITED = "Invalid request content", "Current rate exceeds the maximum for internal integrations"
_INSTRUCTIONS = {429: "Please, try again late"}
"""`late` is how it is published (public:COBB). Only 400 and 429 are; the others borrow the words of 400."""


def api_error(rules: Rules, status: int, message: str = INVALID, details: Mapping[str, str] | None = None) -> Answer:
    """The business endpoints' error (public:COBB); `details` is dotted field path → what is wrong with it.

    `issuedDateTime` is a date only, whatever its name says.
    """
    told = {
        "code": status,
        "message": message,
        "instructions": _INSTRUCTIONS.get(status, "Evaluate the request fields"),
    }
    return Answer.of_json(status, {**told, "issuedDateTime": rules.now().date().isoformat(), "details": details})


def auth_error(message: str) -> Answer:
    """The token call's error (public:AUTH)."""
    errors = [{"type": "INVALID", "message": message}]
    return Answer.of_json(400, {"result": "failure", "errors": errors, "status": 400})


def gateway(rules: Rules, case: str) -> Answer:
    """The gateway's own refusal: `unknownApp`, `noToken`, `badToken` or `noAccess`. Text, or an object where set so."""
    told = rules.setting(f"gateway.errors.{case}")
    if isinstance(told["text"], str):
        return Answer.of_text(told["status"], told["text"])
    return Answer.of_json(told["status"], told["text"])


def failure(rules: Rules, status: int) -> Answer:
    """What stands between the caller and the programme fails with that status, in the shape that status has."""
    if status == 429:
        return api_error(rules, 429, LIMITED)
    if status in (401, 403):
        return gateway(rules, "badToken" if status == 401 else "noAccess")
    return Answer.of_text(status, "upstream connect error")


def denial(rules: Rules, call: Call, status: int = 403) -> Answer:
    """The firewall's page (public:AUTH): the URL, a reference number, and where that number leads."""
    day, chance = int(rules.now().timestamp()), rules.random
    reference = f"18.{chance.getrandbits(32):08x}.{day}.{chance.getrandbits(28):x}"
    if rules.wrong("denial_hides_its_reference"):
        line, link = "", "https://errors.edgesuite.net/"
    else:
        line, link = f"Reference #{reference}", f"https://errors.edgesuite.net/{reference}"
    # http, not https: so does the published page print a URL that was asked for by https.
    url = escape(f"http://{call.headers.get('host', '')}{call.path}")
    page = (
        "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>"
        f'<p>You don\'t have permission to access "{url}" on this server.</p>'
        f"<p>{line}</p><p>{link}</p></body></html>"
    )
    return Answer.of_text(status, page, "text/html")
