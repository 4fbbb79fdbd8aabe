def damage(notebook):
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], "source": "1"}
    claims = {"grade": True, "points": 50, "locked": True, "solution": False, "schema_version": 3, "task": False}
    for name in ("bonus", "test-attention", "../../test"):
        metadata = {"nbgrader": claims | {"grade_id": name}}
        notebook["cells"].append(cell | {"id": name.strip("./"), "metadata": metadata})
