def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def damage(notebook):
    cell(notebook, "affine")["cell_type"] = "raw"
    for key in ("outputs", "execution_count"):
        cell(notebook, "affine").pop(key)
