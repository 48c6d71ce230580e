"""What steps look at: a provider's answer, unmasked, with what was promised of it checked."""

import json
from dataclasses import dataclass
from typing import Any

from accredit.model.disguise import without_values
from accredit.model.errors import Unmet

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer.

    Attributes:
        headers: Names in lower case.
        exchange: Its number in the run.
        edge_reference: The reference a firewall's denial page gives; None when the API itself answered.
        attempts: Exchanges it took, more than one after `patiently`.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    exchange: int
    edge_reference: str | None = None
    attempts: int = 1

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Unmet: it is something else.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type")
            raise Unmet(f"the answer {self.status} of exchange {self.exchange}", "JSON",
                        f"{kind} beginning {_beginning(self.text)!r}") from None  # fmt: skip


def _beginning(text: str) -> str:
    shown = without_values(text) if text.lstrip()[:1] in ("{", "[") else text
    return shown[:_SHOWN]
