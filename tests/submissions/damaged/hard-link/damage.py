import os


def hand_in(path, data):
    first = path.parent.parent / "first"
    first.write_bytes(data)
    os.link(first, path)
