"""How Issuance says no: a status, and a body whose shape nobody published."""

from accredit import Answer, Rules

WRONG_DETAILS, FAILED = "1400", "1500"
_CODES = {401: "1401", 403: "1403", 409: "1409", 429: "1429", 503: "1503", 500: FAILED}
"""Four digits, as the house's codes have; these values are the simulator's own."""


def refusal(rules: Rules, status: int, message: str) -> Answer:
    """An error with the properties that the setting `issuance.error.schema` names."""
    known = {"responseCode": _CODES.get(status, WRONG_DETAILS), "message": message}
    return Answer.of_json(
        status, {name: known[name] for name in rules.setting("issuance.error.schema") if name in known}
    )
