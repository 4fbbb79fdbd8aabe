def hand_in(path, data):
    path.mkdir()
    (path / "target.ipynb").write_bytes(data)
