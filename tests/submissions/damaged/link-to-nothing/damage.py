def hand_in(path, data):
    path.symlink_to(path.name)
