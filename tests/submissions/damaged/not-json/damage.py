def damage(notebook):
    return "this is not a notebook any more\n"
