def damage(notebook):
    notebook["cells"][0]["attachments"] = {"a.png": {"image/png": "A" * 60_000_000}}
