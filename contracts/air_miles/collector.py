"""Collector Service: Enrollment, and what a signed-in member sees of the account, Summary and Profile."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from accredit import Answer, Call, Rules

from .access_tokens import COLLECTOR
from .collectors import ACTIVE, NEIGHBOUR, WATCHING, Collector, Collectors
from .enrollment import Enrollment
from .identity import ENROLLMENT, PROFILE, SUMMARY, Identity
from .refusals import refusal

HEADER = "collector-number"
_NUMBER = re.compile("8[0-9]{10}")
_SOMEBODY_ELSE = "80000000060"
_OTHER_KIND = {"member": False, "machine": True}


class Books(Protocol):
    """What Summary asks of the ledger."""

    def balance(self, number: str, environment: str = ...) -> int:
        """Miles of that collector, every credit included at once."""


class CollectorService:
    """Answers `enroll`, `getSummary` and `getProfile`."""

    def __init__(self, rules: Rules, identity: Identity, collectors: Collectors, ledger: Books) -> None:
        self._rules, self._identity, self._collectors, self._ledger = rules, identity, collectors, ledger
        self._enrollment = Enrollment(rules, collectors)
        self._shown_first: dict[str, int] = {}
        self._operations: Mapping[str, tuple[str, Callable[[Call], Answer]]] = {
            "enroll": (ENROLLMENT, self._enroll),
            "getSummary": (SUMMARY, self._summary),
            "getProfile": (PROFILE, self._profile),
        }

    def answer(self, call: Call) -> Answer:
        """Answers one request; first its token is looked at."""
        scope, operation = self._operations[call.operation or ""]
        audience = self._rules.setting("collector.oauth.audience")
        return self._identity.refuse(call, audience=audience, scope=scope) or operation(call)

    def _enroll(self, call: Call) -> Answer:
        """By a member token, a machine token, or either: the setting `collector.enrollment.tokenKind`."""
        refused_kind = _OTHER_KIND.get(self._rules.setting("collector.enrollment.tokenKind"))
        if (COLLECTOR in self._identity.claims(call)) is refused_kind:
            return self._forbidden("Another kind of token is needed")
        return self._enrollment.answer(call)

    def _summary(self, call: Call) -> Answer:
        collector = self._whom(call)
        if isinstance(collector, Answer):
            return collector
        if collector.number == NEIGHBOUR and self._rules.wrong("summary_shows_a_neighbour"):
            collector = self._collectors[_SOMEBODY_ELSE]
        names = self._rules.setting("collector.summary.responseSchema")
        told: dict[str, object] = {
            "number": collector.number,
            "name": self._rules.canaries.mark(".name", collector.name),
            "tier": collector.tier,
        }
        told |= {"dream": 0, "cash": 0, collector.saves: self._balance(collector, call.environment)}
        return Answer.of_json(200, {names[what]: value for what, value in told.items()})

    def _profile(self, call: Call) -> Answer:
        collector = self._whom(call)
        if isinstance(collector, Answer):
            return collector
        if collector.number == NEIGHBOUR and self._rules.wrong("profile_shows_a_neighbour"):
            collector = self._collectors[_SOMEBODY_ELSE]
        names = self._rules.setting("collector.profile.responseSchema")
        told = {"number": collector.number, "personal": collector.personal, "contact": collector.contact}
        return Answer.of_json(200, {names[what]: value for what, value in told.items()})

    def _whom(self, call: Call) -> Collector | Answer:
        """The member of the token; for a machine token whom the header names, where that is agreed."""
        member, header = self._identity.claims(call).get(COLLECTOR), call.headers.get(HEADER)
        if header is not None and not _NUMBER.fullmatch(header):
            return refusal(self._rules, self._rules.setting("collector.errors.invalid"), f"{HEADER} is no number")
        agreed = self._rules.setting("collector.m2m.header")
        if member and header is not None and self._rules.wrong("header_overrides_the_member"):
            member = header
        elif member and header is not None and agreed:
            return refusal(
                self._rules, self._rules.setting("collector.errors.invalid"), "The token names the collector"
            )
        elif not member and not agreed and not self._rules.wrong("machine_token_opens_any_summary"):
            return self._forbidden("A member token is needed")
        collector = self._collectors.get(str(member or header or ""))
        if collector is None:
            return refusal(self._rules, self._rules.setting("collector.errors.nobody"), "No such collector")
        if collector.status != ACTIVE:  # a neighbour's 401 for an account that is not active (public:HISTORY)
            return refusal(self._rules, self._rules.setting("collector.errors.token"), "The account is not active")
        return collector

    def _balance(self, collector: Collector, environment: str) -> int:
        miles = self._ledger.balance(collector.number, environment)
        if collector.enrolled_at is not None and self._rules.wrong("new_members_miles_do_not_show"):
            return 0
        first = self._shown_first.setdefault(collector.number, miles)
        return first if collector.number == WATCHING and self._rules.wrong("summary_lags") else miles

    def _forbidden(self, message: str) -> Answer:
        return self._identity.forbidden(self._rules.setting("collector.oauth.audience"), message)

    # --- control channel ---

    def accounts(self) -> int:
        """How many accounts there are, whatever their status."""
        return len(self._collectors)

    def accounts_of(self, email: str) -> list[str]:
        """Numbers of the accounts under that e-mail address, oldest first."""
        return [collector.number for collector in self._collectors.by_email(email)]

    def lose_next_enrollment(self) -> None:
        """The next enrolment that opens an account is acted on, and its answer lost."""
        self._enrollment.answers_to_lose += 1
