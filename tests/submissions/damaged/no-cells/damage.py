def damage(notebook):
    notebook["cells"] = []
