"""How steps say what must hold."""

from accredit.model.errors import Unmet


def expect(condition: bool, what: str, *, wanted: object, got: object) -> None:
    """Raises Unmet unless `condition`: `expect(reply.is_success, "the answer", wanted="a success", got=reply.status)`."""
    if not condition:
        raise Unmet(what, wanted, got)


def expect_equal(what: str, got: object, wanted: object) -> None:
    """Raises Unmet unless `got == wanted`."""
    expect(got == wanted, what, wanted=repr(wanted), got=repr(got))
