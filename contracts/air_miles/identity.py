"""Who may do what: the identity provider of both environments, and the look at the token that a business call shows."""

from collections.abc import Mapping

from accredit import Answer, Call, Rules

from .access_tokens import COLLECTOR, AccessTokens, Claims
from .applications import Applications
from .authorization import Authorization
from .collectors import Collectors
from .grants import ALREADY_ENDED, WITHOUT_TOKEN, Grants
from .refresh_tokens import OFFLINE
from .refusals import refusal

SUMMARY, PROFILE = "collector:summary:read", "collector:profile:read"
ENROLLMENT = "collector:enrollment:write"
SCOPES = frozenset({SUMMARY, PROFILE, ENROLLMENT, OFFLINE})
_SCOPELESS = {
    SUMMARY: "summary_needs_no_scope",
    PROFILE: "profile_needs_no_scope",
    ENROLLMENT: "enrollment_needs_no_scope",
}
_BEARER = "bearer "


class Tenant:
    """The identity provider of one environment: clients, codes, refresh tokens and a key, all its own."""

    def __init__(self, rules: Rules, environment: str) -> None:
        self.applications = Applications(environment, rules.random)
        self.authorization = Authorization(rules, self.applications, SCOPES)
        self.grants = Grants(rules, self.applications, self.authorization, SCOPES)
        self.tokens = AccessTokens(rules, environment)


class Identity:
    """Both tenants. Answers `authorize` and `requestToken`, and guards the business operations."""

    def __init__(self, rules: Rules, collectors: Collectors) -> None:
        self._rules, self._collectors = rules, collectors
        self._tenants = {name: Tenant(rules, name) for name in ("certification", "production")}

    def answer(self, call: Call) -> Answer:
        """Answers one request of the identity provider."""
        tenant = self._tenants[call.environment]
        if call.operation == "authorize":
            return tenant.authorization.answer(call)
        return tenant.grants.answer(call, tenant.tokens)

    # --- the look at a business call's token ---

    def refuse(self, call: Call, *, audience: str, scope: str | None = None) -> Answer | None:
        """None when the call shows a token that is good here, for this audience, and with the scope."""
        shown = _shown(call)
        if not shown:
            return None if self._rules.wrong("token_not_required") else self._unknown(audience, "No token")
        tokens = self._tenants[call.environment].tokens
        claims = tokens.read(shown)
        if claims is None:
            return self._unknown(audience, "Invalid token")
        if tokens.has_ended(claims) and not self._rules.wrong("token_outlives_its_end"):
            whose = claims.get(COLLECTOR, "") if self._rules.wrong("ended_token_tells_whose_it_was") else ""
            return self._unknown(audience, f"Expired token {whose}".strip())
        if claims.get("aud") != audience and not self._rules.wrong("ignores_the_audience"):
            return self._elsewhere(audience)
        if scope is None or scope in str(claims.get("scope", "")).split():
            return None
        excused = scope in _SCOPELESS and self._rules.wrong(_SCOPELESS[scope])
        return None if excused else self.forbidden(audience, f"Needs {scope}")

    def claims(self, call: Call) -> Claims:
        """What the call's token says: `azp`, `scope`, and `collector` in a member's. Empty when there is no good one."""
        return self._tenants[call.environment].tokens.read(_shown(call)) or {}

    def forbidden(self, audience: str, message: str) -> Answer:
        """The token is good, and does not entitle to this."""
        mine = audience == self._rules.setting("issuance.oauth.audience")
        status = self._rules.setting("issuance.errors.audience" if mine else "collector.errors.scope")
        return refusal(self._rules, status, message)

    def _unknown(self, audience: str, message: str) -> Answer:
        mine = audience == self._rules.setting("issuance.oauth.audience")
        status = self._rules.setting("issuance.errors.token" if mine else "collector.errors.token")
        return refusal(self._rules, status, message)

    def _elsewhere(self, audience: str) -> Answer:
        """A token for another API."""
        if audience == self._rules.setting("issuance.oauth.audience"):
            return self.forbidden(audience, "Wrong audience")
        return self._unknown(audience, "Wrong audience")

    # --- what the partner was given ---

    def access(self, environment: str) -> Mapping[str, str]:
        """`client_id` and `client_secret` of the application that holds a secret."""
        web = self._tenants[environment].applications.web
        return {"client_id": web.client_id, "client_secret": web.secret}

    # --- control channel ---

    def registration(self, environment: str = "certification") -> dict[str, dict[str, str]]:
        """Kind of application (`web`, `native`) → its `client_id` and `redirect_uri`."""
        return self._tenants[environment].applications.registration()

    def log_in(self, number: str, environment: str = "certification") -> str:
        """Passes the log-in and its reCAPTCHA as that collector; gives the cookie that the browser then has."""
        self._collectors[number]  # KeyError for who is nobody: nobody can log in
        return self._tenants[environment].authorization.log_in(number)

    def revoke_refresh_tokens(self, number: str) -> None:
        """None of that collector's refresh tokens is good any more, but for the standing one."""
        for tenant in self._tenants.values():
            tenant.grants.refresh_tokens.revoke(number)

    def standing_refresh_token(self, number: str, environment: str = "certification") -> str:
        """A refresh token got once by hand: for every scope, without an end."""
        tenant, scopes = self._tenants[environment], tuple(sorted(SCOPES))
        audience = self._rules.setting("collector.oauth.audience")
        client_id = tenant.applications.web.client_id
        return tenant.grants.refresh_tokens.issue(client_id, number, audience, scopes, ends=False)

    def spoil_next_grant(self, how: str, environment: str = "certification") -> None:
        """The next answer that grants a token lacks it (`without a token`), or grants one that has `already ended`."""
        if how not in (WITHOUT_TOKEN, ALREADY_ENDED):
            raise ValueError(f"no grant is spoilt {how!r}")
        self._tenants[environment].grants.spoilt.append(how)


def _shown(call: Call) -> str:
    """The bearer token of a call; empty when it shows none."""
    header = call.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header[: len(_BEARER)].lower() == _BEARER else ""
