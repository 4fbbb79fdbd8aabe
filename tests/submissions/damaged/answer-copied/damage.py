def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def damage(notebook):
    copy = dict(cell(notebook, "largest"), source="def largest(numbers):\n    return 0", id="copy")
    place = notebook["cells"].index(cell(notebook, "largest"))
    notebook["cells"].insert(place + 1, copy)
