def damage(notebook):
    notebook["cells"].reverse()
