def damage(notebook):
    for each in notebook["cells"]:
        if each["metadata"].get("nbgrader", {}).get("grade"):
            each["source"] = "pass"
