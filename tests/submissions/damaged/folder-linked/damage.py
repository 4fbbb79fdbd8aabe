def hand_in(path, data):
    path.write_bytes(data)
    other = path.parent.with_name("other")
    path.parent.rename(other)
    path.parent.symlink_to(other)
