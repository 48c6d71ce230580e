"""Enrollment: reads what a person is said to be, refuses what cannot be, and opens an account once (public:ENROL)."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from accredit import Answer, Call, Cut, Rules

from .collectors import Collector, Collectors
from .reading import body_of, objects_at, text_at
from .refusals import refusal

Fields = Mapping[str, Any]
_PERSONAL, _CONTACT = "personalDetails", "contactDetails"
_BIRTH_DATE, _EMAIL = f"{_PERSONAL}.dateOfBirth", f"{_CONTACT}.email"
_OPTIONAL = ("middleName", "suffix", "gender", "title")
_PERSONAL_TEXTS = ("firstName", "lastName", "dateOfBirth", *_OPTIONAL)
_PHONE_TEXTS = ("type", "number")
_FEW_CHARACTERS = 30
_JSON = "application/json"


class Enrollment:
    """The operation `enroll`, for a caller who may."""

    def __init__(self, rules: Rules, collectors: Collectors) -> None:
        self._rules, self._collectors = rules, collectors
        self.answers_to_lose = 0
        self._forgotten: set[str] = set()

    def answer(self, call: Call) -> Answer:
        """A new account's number, or why there is none."""
        if body_of(call) is None or call.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            return self._refused("The body must be a JSON object, and say so")
        told: Fields = json.loads(call.body)  # body_of reads fractions as Decimal, which cannot be shown again
        if missing := self._missing(told):
            if self._rules.wrong("refused_enrollment_opens_account"):
                self._opened(told)
            return self._refused(f"Missing: {', '.join(missing)}")
        if fault := self._fault(told):
            return self._refused(fault)
        if (existing := self._existing(told)) is not None:
            return self._known_already(existing)
        if _is_full(told) and self._rules.wrong("full_enrollment_is_refused"):
            return self._refused("Unknown field")
        if _is_full(told) and self._rules.wrong("full_enrollment_opens_no_account"):
            return self._created(self._collectors.next_number())
        return self._heard(self._opened(told))

    # --- what is wrong with it ---

    def _missing(self, told: Fields) -> list[str]:
        """Required paths without text. `personalDetails` may be left out whole, and what it requires with it."""
        asked = self._rules.setting("collector.enrollment.required")
        absent = [path for path in asked if not text_at(told, path).strip()]
        if _PERSONAL not in told:
            absent = [path for path in absent if not path.startswith(f"{_PERSONAL}.")]
        if self._rules.wrong("enrols_without_birth_date"):
            absent = [path for path in absent if path != _BIRTH_DATE]
        if self._rules.wrong("enrols_without_email"):
            absent = [path for path in absent if path != _EMAIL]
        return absent + [name for name in (_CONTACT,) if not isinstance(told.get(name), dict)]

    def _fault(self, told: Fields) -> str:
        """The first thing that cannot be; empty when there is none."""
        personal, contact = told.get(_PERSONAL, {}), told[_CONTACT]
        if not isinstance(personal, dict) or not _are_texts(personal, _PERSONAL_TEXTS):
            return f"{_PERSONAL} must be an object of texts"
        phones = contact.get("phones", [])
        if not isinstance(phones, list) or len(objects_at(contact, "phones")) != len(phones):
            return "phones must be a list of objects"
        if not all(_are_texts(phone, _PHONE_TEXTS) for phone in phones):
            return "type and number of a phone must be texts"
        email = text_at(told, _EMAIL)
        if not (_is_email(email) or self._rules.wrong("takes_any_email")) and "email" in contact:
            return "email must be an e-mail address"
        return self._unknown_value(personal, contact) or self._wrong_date(text_at(told, _BIRTH_DATE))

    def _unknown_value(self, personal: Fields, contact: Fields) -> str:
        """Of the three lists of values, which the settings may close."""
        types = [str(phone.get("type", "")).strip() for phone in objects_at(contact, "phones")]
        for name, allowed, values in (
            ("gender", self._rules.setting("collector.enums.gender"), [personal.get("gender")]),
            ("title", self._rules.setting("collector.enums.title"), [personal.get("title")]),
            ("phones.type", self._rules.setting("collector.enums.phoneType"), types),
        ):
            if allowed and any(value and value not in allowed for value in values):
                return f"{name} has an unknown value"
        return ""

    def _wrong_date(self, told: str) -> str:
        if not told:
            return ""
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", told):
            return "" if self._rules.wrong("takes_any_date_format") else "dateOfBirth must be YYYY-MM-DD"
        try:
            born = date.fromisoformat(told)
        except ValueError:
            return "" if self._rules.wrong("takes_impossible_dates") else "dateOfBirth is no date"
        today = self._rules.now().date()
        if born > today:
            return "" if self._rules.wrong("takes_dates_to_come") else "dateOfBirth is yet to come"
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return "under age" if age < self._rules.setting("collector.enrollment.minAge") else ""

    # --- who it is ---

    def _existing(self, told: Fields) -> Collector | None:
        """Who has that e-mail address, by which members log in: what makes two people one is inferred."""
        email = text_at(told, _EMAIL)
        found = self._collectors.by_email(email) if email else []
        return next((collector for collector in found if not self._is_overlooked(collector)), None)

    def _is_overlooked(self, collector: Collector) -> bool:
        """Defects only: who should be recognised, and is not."""
        if collector.enrolled_at is None:
            return self._rules.wrong("existing_member_is_enrolled_anew")
        if collector.number in self._forgotten:
            return True
        is_recent = self._rules.now() - collector.enrolled_at < timedelta(minutes=1)
        return is_recent and self._rules.wrong("double_submission_opens_two")

    def _known_already(self, existing: Collector) -> Answer:
        if existing.enrolled_at is None and self._rules.wrong("existing_member_reads_as_new"):
            return self._created(existing.number)
        if self._rules.setting("collector.enrollment.duplicatePolicy") == "200":
            return Answer.of_json(200, self._named(existing.number))
        return refusal(self._rules, 409, "A member already")

    def _opened(self, told: Fields) -> Collector:
        number = self._collectors.next_number()
        if self._rules.wrong("new_number_fails_its_check"):
            number = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
        personal, contact = self._kept(told.get(_PERSONAL)), self._contact(told.get(_CONTACT))
        collector = Collector(number, personal, contact, enrolled_at=self._rules.now())
        self._collectors.open(collector)
        return collector

    def _kept(self, told: object) -> Fields:
        personal = dict(told) if isinstance(told, dict) else {}
        for name in ("firstName", "lastName"):
            if isinstance(value := personal.get(name), str):
                personal[name] = self._written(value)
        return personal

    def _written(self, name: str) -> str:
        if self._rules.wrong("strips_accents"):
            name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
        return name[:_FEW_CHARACTERS] if self._rules.wrong("cuts_long_names") else name

    def _contact(self, told: object) -> Fields:
        contact = dict(told) if isinstance(told, dict) else {}
        if "phones" in contact and self._rules.wrong("loses_the_second_phone"):
            contact["phones"] = objects_at(contact, "phones")[:1]
        return contact

    # --- what is said ---

    def _heard(self, collector: Collector) -> Answer:
        """The answer, unless the line breaks before it."""
        answer = self._created(collector.number)
        if not self.answers_to_lose:
            return answer
        self.answers_to_lose -= 1
        if self._rules.wrong("lost_enrollment_is_forgotten"):
            self._forgotten.add(collector.number)
        return replace(answer, cut=Cut.BEFORE_THE_ANSWER)

    def _created(self, number: str) -> Answer:
        return Answer.of_json(self._rules.setting("collector.enrollment.successStatus"), self._named(number))

    def _named(self, number: str) -> dict[str, str]:
        return {self._rules.setting("collector.enrollment.responseSchema")["number"]: number}

    def _refused(self, message: str) -> Answer:
        return refusal(self._rules, self._rules.setting("collector.errors.invalid"), message)


def _are_texts(told: Fields, names: tuple[str, ...]) -> bool:
    """Whether those that are there are texts. More fields may come, and nobody says what they hold."""
    return all(isinstance(told[name], str) for name in names if name in told)


def _is_full(told: Fields) -> bool:
    """Every field that the page shows."""
    return all(text_at(told, f"{_PERSONAL}.{name}") for name in _OPTIONAL)


def _is_email(text: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None
