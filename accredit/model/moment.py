"""How a moment is written wherever one is kept: in UTC, to the millisecond."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """`2026-11-21T04:12:13.123Z`.

    Args:
        moment: Aware, of any zone.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
