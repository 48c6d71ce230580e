"""How the identity provider says no: as OAuth 2.0 and the identity platform do, with statuses that are settings."""

from accredit import Answer, Rules


def wrong_client(rules: Rules) -> Answer:
    """Unknown client or wrong secret, as seen on the identity platform (public:AUTH0)."""
    return oauth_error(rules.setting("oauth.wrongClient.status"), "access_denied", "Unauthorized")


def unknown_audience(rules: Rules, audience: str) -> Answer:
    """The text begins so on the identity platform (public:AUTH0)."""
    told = f"Service not enabled within domain: {audience}"
    return oauth_error(rules.setting("oauth.unknownAudience.status"), "access_denied", told)


def invalid_grant(rules: Rules, what: str) -> Answer:
    """A code or refresh token that is not, or no longer, good."""
    return oauth_error(rules.setting("oauth.invalidGrant.status"), "invalid_grant", f"Invalid {what}")


def bad_request(rules: Rules, error: str, description: str) -> Answer:
    """A request that lacks something, or names a grant that does not exist."""
    return oauth_error(rules.setting("oauth.badRequest.status"), error, description)


def oauth_error(status: int, error: str, description: str) -> Answer:
    """`{"error": …, "error_description": …}` as OAuth 2.0 has it."""
    return Answer.of_json(status, {"error": error, "error_description": description})
