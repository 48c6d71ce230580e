"""What several topics of Collector Service say: who may show what, a person to enrol, a look at an account."""

from dataclasses import dataclass
from typing import Any

from accredit import Api, CannotJudge, NotApplicable, Partner, Reply, expect

OFFLINE, ENROLLMENT = "offline_access", "collector:enrollment:write"
SCOPE = {"Summary": "collector:summary:read", "Profile": "collector:profile:read"}
OPERATION = {"Summary": "getSummary", "Profile": "getProfile"}
_WEIGHTS = (6, 5, 4, 3, 8, 7, 6, 5, 4, 3)


@dataclass(frozen=True)
class Holder:
    """A token, and the collector for whom it was got: the member in whose name, or whom a machine asks for."""

    token: str | None
    number: str


def views(partner: Partner) -> list[str]:
    """What of an account the partner may show: `["Summary", "Profile"]`."""
    return [view for view, scope in SCOPE.items() if partner.claims(f"scope:{scope}")]


def a_view(partner: Partner) -> str:
    """One thing of an account, for scenarios to which it does not matter which."""
    if not (found := views(partner)):
        raise NotApplicable("the partner claims no scope that opens an account, such as scope:collector:summary:read")
    return found[0]


# --- enrolment ---


def person(partner: Partner, **personal: str) -> dict[str, Any]:
    """An enrolment of somebody who never existed, with the mandatory fields and what the agreement adds."""
    details = {
        "firstName": partner.made_up("firstName", "Noemie-Marie", "personalDetails"),
        "lastName": partner.made_up("lastName", "Exemplaire", "personalDetails"),
        "dateOfBirth": partner.made_up("dateOfBirth", "1988-12-25", "personalDetails"),
    } | personal
    contact = {"email": partner.made_up("email", f"{partner.new_id('am')}@example.test".lower(), "contactDetails")}
    return {
        **partner.setting("collector.enrollment.extraFields"),
        "personalDetails": details,
        "contactDetails": contact,
    }


def number_named(reply: Reply, partner: Partner) -> str:
    """The collector number in an enrolment's answer; a setting says under which name."""
    name = partner.setting("collector.enrollment.responseSchema")["number"]
    number = told(reply).get(name)
    expect(isinstance(number, str), "the answer", wanted=f"a collector number as {name}", got=sorted(told(reply)))
    return str(number)


def passes_local_check(number: str) -> bool:
    """Eleven digits, an 8 first and the check digit last: modulus 11, with 0 for the remainders 0 and 1."""
    if len(number) != 11 or not number.isdecimal() or not number.isascii() or number[0] != "8":
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return int(number[10]) == (0 if rest < 2 else 11 - rest)


# --- account ---


def look(api: Api, view: str, token: str | None, **how: Any) -> Reply:
    """Asks for the Summary or the Profile with that token."""
    return api.call(OPERATION[view], token=token, **how)


def shown(reply: Reply, partner: Partner, view: str, what: str) -> Any:
    """One thing that an account tells: `shown(reply, partner, "Summary", "number")`. A setting says under which name."""
    expect(reply.is_success, f"the {view}", wanted="a success", got=reply.status)
    return told(reply).get(str(partner.setting(f"collector.{view.lower()}.responseSchema")[what]))


def miles(reply: Reply, partner: Partner) -> int:
    """The miles in both balances of a Summary."""
    balances = [shown(reply, partner, "Summary", what) for what in ("dream", "cash")]
    whole = all(isinstance(balance, int) and not isinstance(balance, bool) for balance in balances)
    expect(whole, "the balances", wanted="whole numbers", got=[type(balance).__name__ for balance in balances])
    return sum(balances)


def expect_nothing_shown(reply: Reply, number: str) -> None:
    """Nowhere in the answer does the collector's number stand, in whatever field."""
    expect(number not in reply.text, "the answer", wanted="nothing of the member", got="the member's number")


def told(reply: Reply) -> dict[str, Any]:
    """The answer's fields; a finding, and no fault of ours, when it has none."""
    answer = reply.json
    expect(isinstance(answer, dict), f"the answer {reply.status}", wanted="an object", got=type(answer).__name__)
    return dict(answer)


def number_of(partner: Partner, role: str) -> str:
    """The collector number of who plays the role."""
    try:
        return str(partner.member(role)["number"])
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no number: add it to that role in accredit.toml.") from None
