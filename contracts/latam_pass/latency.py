"""How long LATAM Pass takes: drawn from the share of accruals that it published as final by each age (public:GET)."""

from datetime import timedelta

from accredit import Rules


def drawn_latency(rules: Rules) -> timedelta:
    """Between two ages of the setting `accrual.latencyShares`, every moment is as likely as another."""
    chance, from_age, from_share = rules.random.random(), 0.0, 0.0
    for age, share in rules.setting("accrual.latencyShares"):
        if chance < share:
            return timedelta(seconds=from_age + (age - from_age) * (chance - from_share) / (share - from_share))
        from_age, from_share = age, share
    return timedelta(seconds=from_age)
