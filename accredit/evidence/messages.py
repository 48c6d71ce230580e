"""What tickets say in one language, whoever the provider: `reports/tickets/<language>.toml`."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accredit.evidence.markdown import Written, written
from accredit.model.errors import UsageError

_TABLES = ("environments", "verdicts", "begins")


@dataclass(frozen=True, slots=True)
class Messages:
    """One language.

    Attributes:
        plain: By key; places in braces are filled in.
        environments: By name.
        verdicts: By answer.
        begins: How a reason begins, in English and in this language.
    """

    language: str
    plain: Mapping[str, str]
    environments: Mapping[str, str]
    verdicts: Mapping[str, str]
    begins: Mapping[str, str]

    @property
    def say(self) -> Callable[..., Written]:
        """`say("partner")`, `say("scenarios", declared=3, …)`; what is filled in is escaped, the message is ours."""

        def say(key: str, **filled: object) -> Written:
            if key not in self.plain:
                raise UsageError(
                    f"reports/tickets/{self.language}.toml lacks the message {key!r}; `accredit lint` names all."
                )
            return Written(self.plain[key].format(**{name: written(value) for name, value in filled.items()}))

        return say

    def reason(self, told: str) -> str:
        """A reason of a verdict as far as this language has words for it; what it names stays as it is."""
        for english in sorted(self.begins, key=len, reverse=True):
            if told.startswith(english):
                return self.begins[english] + told.removeprefix(english)
        return told


@cache
def messages(templates: Path, language: str) -> Messages:
    """The messages of a language.

    Raises:
        UsageError: there is no such file.
    """
    path = templates / "tickets" / f"{language}.toml"
    if not path.is_file():
        raise UsageError(f"reports/tickets/{path.name} does not exist, so no ticket can be written in it; add it.")
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = {key: value for key, value in told.items() if key not in _TABLES}
    return Messages(language, plain, *(told.get(table, {}) for table in _TABLES))
