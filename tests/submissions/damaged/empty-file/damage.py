def damage(notebook):
    return b""
