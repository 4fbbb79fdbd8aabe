import os


def hand_in(path, data):
    path.write_bytes(data)
    os.truncate(path, 1 << 40)
