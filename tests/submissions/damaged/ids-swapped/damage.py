def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def damage(notebook):
    one, other = cell(notebook, "row-softmax"), cell(notebook, "largest")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]
