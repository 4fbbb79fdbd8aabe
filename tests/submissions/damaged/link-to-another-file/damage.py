def hand_in(path, data):
    secret = path.parent.parent / "secret.ipynb"
    secret.write_bytes(data)
    path.symlink_to(secret)
