def damage(notebook):
    for each in notebook["cells"]:
        if each["metadata"].get("nbgrader", {}).get("solution"):
            each["source"] = each["source"].replace("    ", "\t")
