"""Who plays which role: users, rules and clients. All of them are ours; no test data is published."""

from collections.abc import Mapping
from typing import Any

EARN, BURN = "point_earn", "point_burn"
CAPABILITIES = ("earn", "burn", "signing")
ORGANISATION_OF_OTHERS = "org-of-others"

USERS: Mapping[str, tuple[str, int]] = {
    "earning": ("user-0001", 100),
    "redeeming": ("user-0002", 1000),
    "without points": ("user-0003", 0),
    "counted": ("user-0004", 300),
    "with an id to be encoded": ("user 0005 ü+?", 70),
}
"""Role → user id and opening balance."""

RULES: Mapping[str, tuple[str, str]] = {
    "earn": ("rule-earn-open", EARN),
    "earn, capped": ("rule-earn-cap50", EARN),
    "earn, used up": ("rule-earn-used-up", EARN),
    "earn, inactive": ("rule-earn-inactive", EARN),
    "earn, not begun": ("rule-earn-future", EARN),
    "earn, ended": ("rule-earn-ended", EARN),
    "earn, of another client": ("rule-earn-other", EARN),
    "redeem": ("rule-burn-open", BURN),
    "redeem, capped": ("rule-burn-cap50", BURN),
    "redeem, used up": ("rule-burn-used-up", BURN),
    "redeem, inactive": ("rule-burn-inactive", BURN),
    "redeem, not begun": ("rule-burn-future", BURN),
    "redeem, ended": ("rule-burn-ended", BURN),
    "redeem, of another client": ("rule-burn-other", BURN),
}
"""Role → rule id and the direction of its type."""

CAP = 50


def roles(own_organisation: str) -> Mapping[str, Any]:
    """Members and rules by role, in the shape of `accredit.toml`. A rule stands among the products."""
    members: dict[str, dict[str, str]] = {role: {"userId": user} for role, (user, _) in USERS.items()}
    members["nobody"] = {"userId": "user-none"}
    members["of another organisation"] = {"userId": "user-0001", "orgId": ORGANISATION_OF_OTHERS}
    return {
        "partner_id": own_organisation,
        "capabilities": list(CAPABILITIES),
        "members": members,
        "products": {role: rule for role, (rule, _) in RULES.items()},
    }
