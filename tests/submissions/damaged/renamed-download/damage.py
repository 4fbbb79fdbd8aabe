def hand_in(path, data):
    path.with_name("target (1).ipynb").write_bytes(data)
