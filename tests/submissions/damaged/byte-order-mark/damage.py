import json


def damage(notebook):
    return "\ufeff" + json.dumps(notebook)
