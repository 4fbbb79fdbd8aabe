import json


def damage(notebook):
    text = json.dumps(notebook)
    return text[: len(text) // 2]
