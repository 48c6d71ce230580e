from tests.bundles import Good, replaced


def alter(good: Good) -> bytes:
    return good.with_(
        {"manifest.json": replaced(good.files["manifest.json"], b'"verdict":"passed"', b'"verdict":"failed"')}
    )
