"""How calls are turned away: the token call's error, and the API's, whose shape nobody published."""

import json
from collections.abc import Mapping

from accredit import Answer

from .world import World

_LABELS: Mapping[int, str] = {
    400: "Invalid Request",
    401: "Access Denied",
    403: "Access Forbidden",
    500: "Internal Server Error",
}
"""As the guide calls them. Other statuses are called by their number."""


def token_error(status: int, error: str, description: str) -> Answer:
    """The token call's own error (public:R6749, public:KC-TE)."""
    return Answer.of_json(status, {"error": error, "error_description": description})


def api_error(world: World, status: int, headers: Mapping[str, str] | None = None) -> Answer:
    """The API's error in the shape that the setting `errors.body` names. No shape tells causes apart: none is promised to."""
    label, shape = _LABELS.get(status, f"Error {status}"), world.setting("errors.body")
    if shape == "empty":
        return Answer(status, b"", headers or {})
    if shape == "text":
        return Answer(status, label.encode(), {"content-type": "text/plain; charset=utf-8", **(headers or {})})
    kind, told = "application/json", {"message": label}
    if shape == "problem":
        kind, told = "application/problem+json", {"type": "about:blank", "title": label, "status": str(status)}
    return Answer(status, json.dumps(told).encode(), {"content-type": kind, **(headers or {})})


def bad_token(world: World) -> Answer:
    """A missing, unknown or ended token."""
    return api_error(world, int(world.setting("errors.badToken")))
