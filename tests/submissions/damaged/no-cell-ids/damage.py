def damage(notebook):
    for each in notebook["cells"]:
        each.pop("id", None)
    notebook["nbformat_minor"] = 4
