def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def damage(notebook):
    cell(notebook, "test-affine")["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        cell(notebook, "test-affine").pop(key)
