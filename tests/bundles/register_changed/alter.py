from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.sealed({"judged-by/contracts/mini/requirements.toml": b""})
