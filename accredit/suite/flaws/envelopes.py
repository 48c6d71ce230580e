"""Flaws in how answers come: a status or a content type that the contract does not have."""

from dataclasses import replace

from accredit.model.simulation import Answer
from accredit.suite.flaws.breach import Breach, breach
from accredit.suite.flaws.planting import header, labelled
from accredit.suite.flaws.surface import JSON, Surface

_HTML = "text/html"


def extra_status(surface: Surface) -> Breach | None:
    return _restated(surface, frozenset(surface.successes), (200, 201, 202, 203), "Successes")


def undocumented_error(surface: Surface) -> Breach | None:
    return _restated(surface, surface.refusals, (418, 402), "Refusals")


def wrong_content_type(surface: Surface) -> Breach | None:
    """JSON that claims to be a page: where successes have none, in errors. The refusal of a token is seen by everybody."""
    labels = {status for status in surface.documented if surface.kinds(status) and _HTML not in surface.kinds(status)}
    good = {status for status in surface.successes if status in labels and JSON in surface.kinds(status)}
    errors = {status for status in labels if status >= 400 and JSON in surface.kinds(status)}
    where = (good or errors) if surface.is_reached else errors & {401}
    if not where:
        return None

    def mislabelled(answer: Answer) -> Answer:
        return labelled(answer, _HTML) if header(answer.headers, "content-type").startswith(JSON) else answer

    return breach(f"JSON comes as {_HTML} with {', '.join(map(str, sorted(where)))}.", where, mislabelled)


def _restated(surface: Surface, where: frozenset[int], others: tuple[int, ...], who: str) -> Breach | None:
    free = next((status for status in others if status not in surface.documented), None)
    if not where or free is None or surface.is_open_ended or not surface.is_reached:
        return None
    says = f"{who} come with {free}, which the contract does not have."
    return breach(says, where, lambda answer: replace(answer, status=free))
