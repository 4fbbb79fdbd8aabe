import json


def damage(notebook):
    notebook["metadata"]["n"] = "NUMBER"
    return json.dumps(notebook).replace('"NUMBER"', "9" * 10_000)
