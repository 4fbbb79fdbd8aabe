def damage(notebook):
    return "[" * 100_000
