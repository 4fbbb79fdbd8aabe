import json


def damage(notebook):
    return json.dumps(notebook).encode("utf-16")
