import gzip
import json


def damage(notebook):
    return gzip.compress(json.dumps(notebook).encode())
