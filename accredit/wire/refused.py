"""The URL of a request that was refused, as it may be written down: whatever may be a value in it is masked."""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from accredit.model.contract import Contract
from accredit.wire.mask import Mask

_STEPS = frozenset({"", ".", ".."})


def shown_url(url: str, method: str, base_urls: tuple[str, ...], contract: Contract, mask: Mask) -> str:
    """Path parameters are masked by the operation that fits best, if only of another method. Where none fits, each segment is
    masked that stands in no path of the contract, and everything that a query says. A user's name or password is left out.

    Args:
        base_urls: Where requests may go; below one of them paths are the contract's.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "[a URL that cannot be read]"
    base = max((b for b in map(urlsplit, base_urls) if f"{parts.path}/".startswith(f"{b.path}/")),
               key=lambda b: len(b.path), default=urlsplit(""))  # fmt: skip
    path, known = _path(parts.path.removeprefix(base.path), method, contract, mask)
    query = parts.query if known else urlencode([(name, _hidden(name, value, mask))
                                                 for name, value in parse_qsl(parts.query, keep_blank_values=True)], safe="[]:")  # fmt: skip
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], path=base.path + path, query=query, fragment="")
    return mask.url(urlunsplit(shown))


def _path(path: str, method: str, contract: Contract, mask: Mask) -> tuple[str, bool]:
    """The path, and whether an operation fits it."""
    fitting = [o for o in contract.operations if o.matches(o.method, path)]
    if fitting:
        best = max(fitting, key=lambda o: (o.method == method, len(re.sub(r"\{[^}]*\}", "", o.path))))
        return best.path_with(path, lambda name, value: _hidden(name, unquote(value), mask)), True
    literal = {part for o in contract.operations for part in o.path.split("/")} | _STEPS
    return "/".join(part if part in literal else _hidden("path", part, mask) for part in path.split("/")), False


def _hidden(name: str, value: str, mask: Mask) -> str:
    """What is declared is learned; anything else may be a mere word, which is not to be hunted in all that follows."""
    return (mask if mask.declares(name) else mask.passing).learn(name, value)
