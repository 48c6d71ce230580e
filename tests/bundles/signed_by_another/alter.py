from accredit.model.keys import new_private
from tests.bundles import Good


def alter(good: Good) -> bytes:
    return Good(good.files, good.zip, new_private()).sealed({"report.html": b"all is well"})
