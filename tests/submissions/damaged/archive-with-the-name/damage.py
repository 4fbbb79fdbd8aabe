import io
import json
import zipfile


def damage(notebook):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("target.ipynb", json.dumps(notebook))
        archive.writestr("bomb", bytes(20_000_000))
    return data.getvalue()
