"""The one family of errors: each says what happened, what was expected and got, and the next step."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import ClassVar


class AccreditError(Exception):
    """Something kept accredit from doing its work. `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 4


class UsageError(AccreditError):
    """A command, a file or a setting of the user's is wrong, and they can put it right."""

    exit_code = 2


class CannotJudge(AccreditError):
    """A precondition failed (credentials, network, edge, harness), so nothing can be said about the provider."""

    exit_code = 3


class Refused(CannotJudge):
    """The guard kept a request from leaving. Never the provider's fault."""


class NotApplicable(Exception):
    """The partner does not claim what this scenario needs. An outcome, not an error."""


class BundleRefused(AccreditError):
    """A bundle or a journal was altered, is broken, or is unsafe to open."""

    exit_code = 1


class Unmet(AssertionError):
    """The provider did not do what a requirement asks.

    Attributes:
        what: What was looked at, as the end of "expected …".
        wanted: What the requirement asks for, as text.
        got: What the provider did, as text.
    """

    def __init__(self, what: str, wanted: object, got: object) -> None:
        self.what, self.wanted, self.got = what, str(wanted), str(got)
        super().__init__(f"{what}: expected {self.wanted}, got {self.got}")


class Unreachable(CannotJudge):
    """No connection came about: name not found, refused, timed out, or TLS not trusted."""


class ConnectionBroken(CannotJudge):
    """The line broke after the request had been sent: whether it was acted on is not known."""


class EdgeDenied(CannotJudge):
    """A firewall in front of the API answered in its place. `reference` is what the provider's support needs."""

    def __init__(self, message: str, reference: str) -> None:
        super().__init__(message)
        self.reference = reference


def instead(name: str, known: Collection[str], otherwise: str = "") -> str:
    """What was probably meant, else everything there is: the end of an error about a name that nobody knows.

    Args:
        otherwise: Said in place of everything, where that is too long a list.
    """
    close = get_close_matches(name, known, 3)
    return f"did you mean {' or '.join(close)}?" if close else otherwise or f"there are {', '.join(known) or 'none'}."
