import json


def damage(notebook):
    notebook["cells"][0]["source"] = "Größe"
    return json.dumps(notebook, ensure_ascii=False).encode("latin-1")
