import io
import zipfile

from tests.bundles import Good


def alter(good: Good) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in good.files.items():
            packed.writestr(name, data)
    return target.getvalue()
