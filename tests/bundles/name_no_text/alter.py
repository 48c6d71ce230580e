import re

from tests.bundles import Good

_IN_BOTH_HEADERS = re.compile(rb"(PK\x03\x04.{26}|PK\x01\x02.{42})report\.html", re.DOTALL)


def alter(good: Good) -> bytes:
    bad, count = _IN_BOTH_HEADERS.subn(rb"\1report" + b"\xff\xfe\xff\xfe\xff", good.zip)
    assert count == 2
    return bad
