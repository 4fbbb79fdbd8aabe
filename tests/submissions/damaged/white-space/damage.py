def damage(notebook):
    return "  \n\n"
