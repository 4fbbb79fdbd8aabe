def hand_in(path, data):
    path.with_name("one.ipynb").write_bytes(data)
    path.with_name("two.ipynb").write_bytes(data)
