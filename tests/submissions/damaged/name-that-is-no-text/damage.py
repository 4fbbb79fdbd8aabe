import os


def hand_in(path, data):
    with open(os.fsencode(path.parent) + b"/\xff\xfe.ipynb", "wb") as file:
        file.write(data)
