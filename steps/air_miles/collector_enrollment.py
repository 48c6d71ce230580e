"""Enrollment: who is enrolled, who is refused, how many accounts there are, and what becomes of the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import (
    Api,
    CannotJudge,
    Clock,
    ConnectionBroken,
    Control,
    NotApplicable,
    Partner,
    Reply,
    expect,
    expect_equal,
)

from . import collector_tokens as tokens
from . import collector_words as words
from .collector_words import Holder

_DAYS_APART = timedelta(days=2)
"""Further than any two time zones are."""


@dataclass(frozen=True)
class Enrolment:
    """What was sent, the last time it was, and what came back."""

    body: Mapping[str, Any]
    reply: Reply

    @property
    def email(self) -> str:
        return str(self.body["contactDetails"]["email"])


@given("it is known how many accounts there are", target_fixture="accounts_before")
def accounts_known(simulator: Control) -> int:
    return int(simulator.accounts())


@given("the answer to the next enrolment will be lost")
def answer_will_be_lost(simulator: Control) -> None:
    simulator.lose_next_enrollment()


@given("a person who has just been enrolled", target_fixture="holder")
def just_enrolled(api: Api, partner: Partner, simulator: Control) -> Holder:
    partner.needs(f"scope:{words.SCOPE['Summary']}")
    enrolled = _enrol(api, partner, simulator, words.person(partner))
    numbers = simulator.accounts_of(enrolled.email)
    if not enrolled.reply.is_success or not numbers:
        raise CannotJudge(f"nobody was enrolled: {enrolled.reply.status} (exchange {enrolled.reply.exchange})")
    return Holder(tokens.member_token(api, partner, simulator, numbers[0]), numbers[0])


@when("the partner enrols a person", target_fixture="enrolled")
def enrols(api: Api, partner: Partner, simulator: Control) -> Enrolment:
    return _enrol(api, partner, simulator, words.person(partner))


@when("the partner enrols a person with full data", target_fixture="enrolled")
def enrols_in_full(api: Api, partner: Partner, simulator: Control) -> Enrolment:
    body = words.person(
        partner,
        middleName=partner.made_up("middleName", "Nadine-Odile", "personalDetails"),
        suffix="Junior",
        gender="FEMALE",
        title="MRS",
    )
    body["contactDetails"]["phones"] = _phones(partner)
    return _enrol(api, partner, simulator, body)


@when(parsers.parse('the partner enrols a person without "{field}"'), target_fixture="enrolled")
def enrols_lacking(api: Api, partner: Partner, simulator: Control, field: str) -> Enrolment:
    if field not in partner.setting("collector.enrollment.required"):
        raise NotApplicable(f"the partner's use case does not require {field}")
    body = words.person(partner, middleName=partner.made_up("middleName", "Nadine-Odile", "personalDetails"))
    group, _, name = field.partition(".")
    body[group] = {key: value for key, value in body[group].items() if key != name}
    return _enrol(api, partner, simulator, body)


@when(parsers.parse('the partner enrols a person born on "{date}"'), target_fixture="enrolled")
def enrols_born_on(api: Api, partner: Partner, simulator: Control, clock: Clock, date: str) -> Enrolment:
    born = (clock.now() + _DAYS_APART).date().isoformat() if date == "in 2 days" else date
    return _enrol(api, partner, simulator, words.person(partner, dateOfBirth=born))


@when("the partner enrols a person who is a little too young", target_fixture="enrolled")
def enrols_too_young(api: Api, partner: Partner, simulator: Control, clock: Clock) -> Enrolment:
    if not (age := partner.setting("collector.enrollment.minAge")):
        raise NotApplicable("no least age was agreed")
    later = (clock.now() + _DAYS_APART).date()
    later = later.replace(day=28) if (later.month, later.day) == (2, 29) else later
    return _enrol(api, partner, simulator, words.person(partner, dateOfBirth=f"{later.replace(year=later.year - age)}"))


@when(parsers.parse('the partner enrols a person whose e-mail address is "{text}"'), target_fixture="enrolled")
def enrols_with_email(api: Api, partner: Partner, simulator: Control, text: str) -> Enrolment:
    return _enrol(api, partner, simulator, words.person(partner) | {"contactDetails": {"email": text}})


@when("the partner enrols a person with a phone at home and a mobile one", target_fixture="enrolled")
def enrols_with_phones(api: Api, partner: Partner, simulator: Control) -> Enrolment:
    body = words.person(partner)
    body["contactDetails"]["phones"] = _phones(partner)
    return _enrol(api, partner, simulator, body)


@when(parsers.parse('the partner enrols "{first}" "{last}"'), target_fixture="enrolled")
def enrols_named(api: Api, partner: Partner, simulator: Control, first: str, last: str) -> Enrolment:
    return _enrol(api, partner, simulator, words.person(partner, firstName=first, lastName=last))


@when("the partner sends the enrolment of a person twice", target_fixture="enrolled")
def enrols_twice(api: Api, partner: Partner, simulator: Control) -> Enrolment:
    first = _enrol(api, partner, simulator, words.person(partner))
    expect_equal("the first", first.reply.status, partner.setting("collector.enrollment.successStatus"))
    return _enrol(api, partner, simulator, first.body)


@when("the partner enrols a person, hears nothing and sends the same again", target_fixture="enrolled")
def enrols_unheard(api: Api, partner: Partner, simulator: Control) -> Enrolment:
    body = words.person(partner)
    try:
        heard = _enrol(api, partner, simulator, body)
    except ConnectionBroken:
        return _enrol(api, partner, simulator, body)
    raise CannotJudge(f"the answer was not lost: {heard.reply.status} (exchange {heard.reply.exchange})")


@when(parsers.parse('the partner enrols the member "{role}" again'), target_fixture="enrolled")
def enrols_again(api: Api, partner: Partner, simulator: Control, role: str) -> Enrolment:
    who, names = partner.member(role), ("personalDetails", "contactDetails")
    if any(name not in who for name in names):
        raise CannotJudge(f"the member {role!r} has no {' and '.join(names)}: add them to that role in accredit.toml.")
    return _enrol(api, partner, simulator, words.person(partner) | {name: who[name] for name in names})


@then("the enrolment succeeds")
def succeeds(enrolled: Enrolment, partner: Partner) -> None:
    expect_equal("the enrolment", enrolled.reply.status, partner.setting("collector.enrollment.successStatus"))


@then("the enrolment is refused")
def is_refused(enrolled: Enrolment, partner: Partner) -> None:
    expect_equal("the enrolment", enrolled.reply.status, partner.setting("collector.errors.invalid"))


@then(parsers.re("the (enrolment|second) is answered as one of somebody who is a member already"))
def told_so(enrolled: Enrolment, partner: Partner) -> None:
    wanted = int(partner.setting("collector.enrollment.duplicatePolicy"))
    expect_equal("the enrolment of a member", enrolled.reply.status, wanted)


@then("a collector number is named")
def number_named(enrolled: Enrolment, partner: Partner) -> None:
    number = words.number_named(enrolled.reply, partner)
    expect(
        len(number) == 11 and number.isdecimal(), "the number", wanted="eleven digits", got=f"{len(number)} characters"
    )


@then("the number named passes the local check")
def number_checked(enrolled: Enrolment, partner: Partner) -> None:
    passes = words.passes_local_check(words.number_named(enrolled.reply, partner))
    expect(passes, "the number", wanted="eleven digits, 8 first, the check digit last", got="something else")


@then(parsers.parse("there is {count:d} account of that person"))
def accounts_of_person(enrolled: Enrolment, simulator: Control, count: int) -> None:
    expect_equal("that person's accounts", len(simulator.accounts_of(enrolled.email)), count)


@then("there are as many accounts as before")
def as_many_accounts(simulator: Control, accounts_before: int) -> None:
    expect_equal("the number of accounts", simulator.accounts(), accounts_before)


@then("the new member's Profile shows the contact data as it was sent")
def contact_kept(enrolled: Enrolment, api: Api, partner: Partner, simulator: Control) -> None:
    contact = _profile_of(enrolled, api, partner, simulator)["contact"]
    expect_equal("the phones", contact.get("phones"), enrolled.body["contactDetails"]["phones"])


@then("the new member's Profile shows the name as it was sent")
def name_kept(enrolled: Enrolment, api: Api, partner: Partner, simulator: Control) -> None:
    personal = _profile_of(enrolled, api, partner, simulator)["personal"]
    for name in ("firstName", "lastName"):
        expect_equal(f"the {name}", personal.get(name), enrolled.body["personalDetails"][name])


def _enrolling_token(api: Api, partner: Partner, simulator: Control) -> str:
    """A machine's where that is agreed and claimed, for who enrols has no account to log in with; else a member's."""
    kind = partner.setting("collector.enrollment.tokenKind")
    if kind != "member" and partner.claims("back_end_service"):
        return tokens.machine_token(api, partner, words.ENROLLMENT)
    if kind == "machine":
        raise NotApplicable("the partner does not claim back_end_service, whose token enrolment needs")
    return tokens.member_token(api, partner, simulator, words.number_of(partner, "collecting"), [words.ENROLLMENT])


def _enrol(api: Api, partner: Partner, simulator: Control, body: Mapping[str, Any]) -> Enrolment:
    return Enrolment(body, api.call("enroll", json=body, token=_enrolling_token(api, partner, simulator)))


def _phones(partner: Partner) -> list[dict[str, str]]:
    """Both published types; 555-01xx is kept free for fiction."""
    return [
        {"type": kind, "number": partner.made_up("phones", number, "contactDetails")}
        for kind, number in (("Home", "4165550117"), ("Mobile", "9055550131"))
    ]


def _profile_of(enrolled: Enrolment, api: Api, partner: Partner, simulator: Control) -> dict[str, Any]:
    """What the Profile shows a new member once they have logged in: `personal` and `contact`."""
    partner.needs(f"scope:{words.SCOPE['Profile']}")
    numbers = simulator.accounts_of(enrolled.email)
    expect_equal("that person's accounts", len(numbers), 1)
    token = tokens.member_token(api, partner, simulator, numbers[0], [words.SCOPE["Profile"]])
    reply = words.look(api, "Profile", token)
    told = {what: words.shown(reply, partner, "Profile", what) for what in ("personal", "contact")}
    for what, value in told.items():
        expect(isinstance(value, dict), f"the {what} data", wanted="an object", got=type(value).__name__)
    return told
