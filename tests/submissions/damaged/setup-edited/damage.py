def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def damage(notebook):
    cell(notebook, "setup")["source"] = "torch = None"
