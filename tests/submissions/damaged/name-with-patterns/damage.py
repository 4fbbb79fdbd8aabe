def hand_in(path, data):
    path.with_name("=cmd|'calc'!A0 [a-z]*? $(id) +1.ipynb").write_bytes(data)
