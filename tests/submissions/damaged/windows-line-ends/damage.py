def damage(notebook):
    for each in notebook["cells"]:
        each["source"] = each["source"].replace("\n", "\r\n")
