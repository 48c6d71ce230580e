"""The bench for identity and Collector Service: log-ins, grants, enrolments and looks, right in everything not said otherwise."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from accredit.model.simulation import Answer
from tests.air_miles.bench import Bench, told

CONNECTION = "member-email-idp-recaptcha"
SUMMARY, PROFILE = "collector:summary:read", "collector:profile:read"
ENROLLMENT, OFFLINE = "collector:enrollment:write", "offline_access"
VERIFIER = "a-verifier-of-sufficient-length-0123456789-abcdef"
_FORM = {"content-type": "application/x-www-form-urlencoded"}


class CollectorBench(Bench):
    """One AIR MILES, its collectors and the partner's two applications, `web` and `native`."""

    def client(self, kind: str = "web", environment: str = "certification") -> dict[str, str]:
        """client_id and redirect_uri; the web application's secret too."""
        told_of = dict(self.simulator.registration(environment)[kind])
        if kind == "web":
            told_of["client_secret"] = self.simulator.access(environment)["client_secret"]
        return told_of

    def authorize(self, role: str = "existing", kind: str = "web", scopes: str = f"{SUMMARY} {PROFILE}",
                  number: str = "", environment: str = "certification", **changed: str | None) -> Answer:  # fmt: skip
        """An authorization request of a browser in which that member has logged in. None leaves a field out."""
        client = self.client(kind, environment)
        usual: dict[str, str | None] = {
            "client_id": client["client_id"],
            "response_type": "code",
            "connection": CONNECTION,
            "redirect_uri": client["redirect_uri"],
            "scope": scopes,
            "audience": "loyalty-api",
            "state": "a-state",
            **({"code_challenge": challenge(VERIFIER), "code_challenge_method": "S256"} if kind == "native" else {}),
        }
        query = {name: value for name, value in (usual | changed).items() if value is not None}
        cookie = self.simulator.log_in(number or self.number(role), environment)
        return self.answer("authorize", b"", {"cookie": cookie}, environment, query=query, method="GET")

    def exchange(
        self, code: str, kind: str = "web", environment: str = "certification", **changed: str | None
    ) -> Answer:
        """The token call for a code."""
        verifier = {"code_verifier": VERIFIER} if kind == "native" else {}
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code", "code": code, **self.client(kind, environment), **verifier
        }  # fmt: skip
        return self.form(environment, **(usual | changed))

    def form(self, environment: str = "certification", **fields: str | None) -> Answer:
        """A token call with exactly these fields, those apart that are None."""
        body = urlencode({name: value for name, value in fields.items() if value is not None}).encode()
        return self.answer("requestToken", body, _FORM, environment)

    def granted(self, kind: str = "web", **how: Any) -> dict[str, Any]:
        """What a whole log-in is granted."""
        environment = how.get("environment", "certification")
        return dict(told(self.exchange(landing(self.authorize(kind=kind, **how))["code"], kind, environment)))

    def member(self, role: str = "existing", scopes: str = f"{SUMMARY} {PROFILE}", **how: Any) -> str:
        """A token to act for that member."""
        return str(self.granted(role=role, scopes=scopes, **how)["access_token"])

    def machine(self, scope: str = "", **form: str) -> str:
        """A token of the back-end service's own, for Collector Service."""
        asked = {"scope": scope} if scope else {}
        return str(told(self.grant(audience="loyalty-api", **asked, **form))["access_token"])

    def refresh(self, token: str, **changed: str | None) -> Answer:
        usual: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": token, **self.client()}
        return self.form(**(usual | changed))

    def summary(self, token: str, **how: Any) -> Answer:
        return self.call("getSummary", token=token, method="GET", **how)

    def profile(self, token: str, **how: Any) -> Answer:
        return self.call("getProfile", token=token, method="GET", **how)

    def enrol(self, body: object = None, token: str | None = None, **how: Any) -> Answer:
        shown = self.machine(ENROLLMENT) if token is None else token
        return self.call("enroll", person() if body is None else body, token=shown, **how)

    def new_member(self, body: object = None) -> str:
        """The number that an enrolment names."""
        return str(told(self.enrol(body))["collectorNumber"])


def person(
    email: str = "noemie@example.test", phones: list[dict[str, str]] | None = None, **personal: Any
) -> dict[str, Any]:
    """An enrolment; None leaves a personal field out."""
    details = {"firstName": "Noemie", "lastName": "Exemplaire", "dateOfBirth": "1988-12-25"} | personal
    contact: dict[str, Any] = {"email": email} | ({"phones": phones} if phones else {})
    return {
        "personalDetails": {name: value for name, value in details.items() if value is not None},
        "contactDetails": contact,
    }


def full(**other: Any) -> dict[str, Any]:
    return person(middleName="Nadine", suffix="Junior", gender="FEMALE", title="MRS", **other)


def landing(answer: Answer) -> dict[str, str]:
    """The query of the address that a browser is sent to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers.get("location", "")).query).items()}


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
