"""The programme's rules: which way they move points, when, how many, and for which clients (public:TRG)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from .clients import ENVIRONMENTS, OTHER, Client, Clients
from .fixtures import CAP, EARN, RULES
from .world import World

_LONG = timedelta(days=365)


@dataclass
class Rule:
    """One rule.

    Attributes:
        direction: `point_earn` or `point_burn`; a request does not say which it is.
        cap: The most that may be moved, by the scope that the settings name; None without a cap.
        starts_at, ends_at: Aware. Both instants belong to its period, the end where the settings say so.
        charged: How much of the cap was used before anything that is in the books.
        clients: Ids of the clients that may trigger it.
    """

    id: str
    direction: str
    starts_at: datetime
    ends_at: datetime
    cap: Decimal | None = None
    charged: Decimal = Decimal(0)
    is_active: bool = True
    clients: set[str] = field(default_factory=set)


class Programme:
    """Every rule by its id."""

    def __init__(self, world: World, clients: Clients) -> None:
        self._world = world
        now = world.now()
        own = {clients.own(name).id for name in ENVIRONMENTS}
        self.rules = {id_: Rule(id_, way, now - _LONG, now + _LONG, clients=set(own)) for id_, way in RULES.values()}
        for role, (id_, _) in RULES.items():
            self._give(self.rules[id_], role.partition(", ")[2], now)

    def __getitem__(self, id_: str) -> Rule:
        return self.rules[id_]

    def is_open(self, rule: Rule) -> bool:
        """True when the rule is active, and now is within its period."""
        return self._is_active(rule) and self._has_begun(rule) and not self._has_ended(rule)

    def may_be_triggered_by(self, rule: Rule, client: Client) -> bool:
        """True when the client is listed as authorised for the rule."""
        if rule.direction == EARN and self._world.wrong("unlisted_client_earns"):
            return True
        if rule.direction != EARN and self._world.wrong("unlisted_client_redeems"):
            return True
        return client.id in rule.clients

    def _give(self, rule: Rule, kind: str, now: datetime) -> None:
        """What sets the rule apart, by the second half of its role."""
        if kind in ("capped", "used up"):
            rule.cap = Decimal(CAP)
            rule.charged = Decimal(CAP if kind == "used up" else 0)
        elif kind == "inactive":
            rule.is_active = False
        elif kind == "not begun":
            rule.starts_at = now + _LONG / 2
        elif kind == "ended":
            rule.ends_at = now - _LONG / 2
        elif kind == "of another client":
            rule.clients = {OTHER}

    def _is_active(self, rule: Rule) -> bool:
        defect = "inactive_rule_earns" if rule.direction == EARN else "inactive_rule_redeems"
        return rule.is_active or self._world.wrong(defect)

    def _has_begun(self, rule: Rule) -> bool:
        now, earns = self._world.now(), rule.direction == EARN
        if now == rule.starts_at and self._world.wrong("first_instant_is_refused"):
            return False
        ignored = (
            self._world.wrong("earning_before_the_start") if earns else self._world.wrong("redeeming_before_the_start")
        )
        return now >= rule.starts_at or ignored

    def _has_ended(self, rule: Rule) -> bool:
        now, earns = self._world.now(), rule.direction == EARN
        inclusive = self._world.setting("rules.windowEnd") == "inclusive"
        if now == rule.ends_at and self._world.wrong("last_instant_is_taken_otherwise"):
            inclusive = not inclusive
        ended = now > rule.ends_at or (now == rule.ends_at and not inclusive)
        ignored = self._world.wrong("earning_after_the_end") if earns else self._world.wrong("redeeming_after_the_end")
        return ended and not ignored
