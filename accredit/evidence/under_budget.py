"""What a run wrote to production under a budget, in a few lines for paper and pipelines; report.html lists each write. Pure."""

from collections.abc import Iterator

from accredit.model.run import Run


def budget_lines(run: Run) -> Iterator[tuple[str, str]]:
    """`("Ticket", "T-1: at most 5 requests and 500 points")` and so on; nothing of a run without a budget."""
    budget, spend = run.header.get("budget"), run.spend
    if not budget:
        return
    operations = ", ".join(f"{name}: at most {count}" for name, count in budget["operations"].items())
    yield "Ticket", f"{budget['ticket']}: at most {_moved(budget['ticket_requests'], budget['ticket_points'])}"
    yield "Budget", f"{budget['file']}, SHA-256 {budget['sha256']}"
    yield "Signed by", ", ".join(f"{s['by']} ({s['role']}, {s['at']})" for s in budget["signed"])
    yield "From, until", f"{budget['start']}, {budget['end']}"
    yield "Allowed", f"{operations}; at most {budget['points_total']} points in all, {budget['points_each']} a request"
    if spend is None:
        yield "Sent", "nobody knows from this record: the run did not end as it should"
    else:
        yield "Sent by this run", _moved(spend["requests"], spend["points_moved"])
        yield (
            "Sent in all",
            (
                f"under this budget {_moved(spend['budget_requests'], spend['budget_points'])}, "
                f"under the ticket {_moved(spend['ticket_requests'], spend['ticket_points'])}"
            ),
        )
    yield "Refused", f"{_many(len(run.refusals), 'request')}, none of which left"


def _moved(requests: int, points: int) -> str:
    """`1 request and 120 points`."""
    return f"{_many(requests, 'request')} and {_many(points, 'point')}"


def _many(count: int, one: str) -> str:
    return f"{count} {one}{'s' * (count != 1)}"
