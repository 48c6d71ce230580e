"""The token call: client credentials, authorization code, refresh token. One operation, three grants."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from accredit import Answer, Call, Rules

from .access_tokens import AccessTokens
from .applications import NATIVE, Application, Applications
from .authorization import Authorization, Code
from .oauth_errors import bad_request, invalid_grant, unknown_audience, wrong_client
from .refresh_tokens import OFFLINE, RefreshTokens

Form = Mapping[str, str]
WITHOUT_TOKEN, ALREADY_ENDED = "without a token", "already ended"
_ENDED_SECONDS_AGO = 60
_FORM = "application/x-www-form-urlencoded"


class Grants:
    """The operation `requestToken` of one environment.

    Attributes:
        spoilt: How the next answers that grant something are spoilt: `without a token`, `already ended`.
    """

    def __init__(
        self, rules: Rules, applications: Applications, authorization: Authorization, scopes: frozenset[str]
    ) -> None:
        self._rules, self._applications, self._authorization = rules, applications, authorization
        self._scopes = scopes
        self.refresh_tokens = RefreshTokens(rules)
        self.spoilt: list[str] = []
        self._grants: Mapping[str, Callable[[Form, Application, AccessTokens], Answer]] = {
            "client_credentials": self._to_machine,
            "authorization_code": self._for_code,
            "refresh_token": self._refreshed,
        }

    def answer(self, call: Call, tokens: AccessTokens) -> Answer:
        """Grants a token, or says why not. The client is looked at before anything else."""
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _FORM:
            return bad_request(self._rules, "invalid_request", f"The body must be {_FORM}")
        form = {name: values[0] for name, values in parse_qs(call.body.decode(errors="replace")).items()}
        kind = form.get("grant_type", "")
        if kind not in self._grants:
            return bad_request(self._rules, "unsupported_grant_type", "Unknown or missing grant_type")
        application = self._applications.get(form.get("client_id", ""))
        if application is None or not self._shows_its_secret(form, application, kind):
            return wrong_client(self._rules)
        return self._grants[kind](form, application, tokens)

    def _shows_its_secret(self, form: Form, application: Application, kind: str) -> bool:
        """A native application has none to show; its code is proved by PKCE."""
        if application.kind == NATIVE or form.get("client_secret") == application.secret:
            return True
        if kind == "client_credentials":
            return "client_secret" in form and self._rules.wrong("grants_to_a_wrong_secret")
        return kind == "authorization_code" and self._rules.wrong("web_code_needs_no_secret")

    def _to_machine(self, form: Form, application: Application, tokens: AccessTokens) -> Answer:
        """A token of the application's own. Without `scope` it carries everything approved for that audience."""
        if application.kind == NATIVE and not self._rules.wrong("native_application_gets_a_machine_token"):
            return wrong_client(self._rules)
        audience = form.get("audience", "")
        approved = self._approved(audience)
        if approved is None:
            return unknown_audience(self._rules, audience)
        asked = form.get("scope", "").split() or approved
        scopes = tuple(scope for scope in asked if scope in approved)
        return self._granted(lambda ttl: tokens.of_machine(application, audience, scopes, ttl), scopes)

    def _for_code(self, form: Form, application: Application, tokens: AccessTokens) -> Answer:
        value = form.get("code", "")
        code = self._authorization.code(value)
        if code is None or not self._is_good(code, form, application):
            return invalid_grant(self._rules, "authorization code")
        code.is_used = True
        offline = OFFLINE in code.scopes and not self._rules.wrong("offline_access_is_ignored")
        more = {}
        if offline or self._rules.wrong("refreshes_unasked"):
            more["refresh_token"] = self.refresh_tokens.issue(
                application.client_id, code.number, code.audience, code.scopes
            )
        return self._to_member(application, code.number, code.audience, code.scopes, tokens, more)

    def _is_good(self, code: Code, form: Form, application: Application) -> bool:
        """Of this client and its address, not used, not ended, and proved where it has a challenge."""
        if code.client_id != application.client_id or code.redirect_uri != form.get("redirect_uri"):
            return False
        if code.is_used and not self._rules.wrong("code_is_good_twice"):
            return False
        if self._rules.now() >= code.ends_at and not self._rules.wrong("code_never_ends"):
            return False
        verifier = form.get("code_verifier", "")
        if not code.challenge or code.is_proved_by(verifier):
            return True
        return self._rules.wrong("any_verifier_is_accepted" if verifier else "native_code_needs_no_verifier")

    def _refreshed(self, form: Form, application: Application, tokens: AccessTokens) -> Answer:
        value = form.get("refresh_token", "")
        standing = self.refresh_tokens.good(value, application.client_id)
        if standing is None:
            return invalid_grant(self._rules, "refresh token")
        scopes = () if self._rules.wrong("refresh_loses_the_scopes") and standing.ends_at else standing.scopes
        renewed = self.refresh_tokens.rotate(value)
        more = {} if renewed == value else {"refresh_token": renewed}
        return self._to_member(application, standing.number, standing.audience, scopes, tokens, more)

    def _to_member(
        self, application: Application, number: str, audience: str, scopes: tuple[str, ...],
        tokens: AccessTokens, more: Mapping[str, str],
    ) -> Answer:  # fmt: skip
        ttl = int(self._rules.setting("oauth.token.ttl"))
        told = {"id_token": tokens.identity_of(application, number, ttl), **more}
        return self._granted(
            lambda seconds: tokens.of_member(application, number, audience, scopes, seconds), scopes, told
        )

    def _granted(
        self, issue: Callable[[int], str], scopes: tuple[str, ...], more: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer's fields are those of OAuth 2.0 (public:AUTH0); `issue` makes a token of so many seconds."""
        ttl, how = int(self._rules.setting("oauth.token.ttl")), self.spoilt.pop(0) if self.spoilt else ""
        told: dict[str, Any] = {
            "access_token": issue(-_ENDED_SECONDS_AGO if how == ALREADY_ENDED else ttl),
            "token_type": "Bearer",
            "expires_in": ttl,
            **({"scope": " ".join(scopes)} if scopes else {}),
            **(more or {}),
        }
        if how == WITHOUT_TOKEN:
            del told["access_token"]
        return Answer.of_json(200, told)

    def _approved(self, audience: str) -> tuple[str, ...] | None:
        """The scopes a machine may have for that audience; None when nobody knows it."""
        if audience == self._rules.setting("issuance.oauth.audience"):
            return tuple(self._rules.setting("issuance.oauth.scopes"))
        if audience == self._rules.setting("collector.oauth.audience"):
            return tuple(sorted(self._scopes - {OFFLINE}))
        return None
