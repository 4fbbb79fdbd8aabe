def damage(notebook):
    notebook["nbformat"] = 99
