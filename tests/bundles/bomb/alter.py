import io
import zipfile

from tests.bundles import Good


def alter(good: Good) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("journal.jsonl", bytes(64 * 1024**2))
    return target.getvalue()
