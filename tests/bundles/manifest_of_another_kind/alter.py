from tests.bundles import Good, replaced


def alter(good: Good) -> bytes:
    return good.signed(replaced(good.files["manifest.json"], b"certification-run/v1", b"birthday-party/v1"))
