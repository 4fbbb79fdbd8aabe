def damage(notebook):
    for name in ("bonus", "test-attention", "../../test"):
        nbgrader = {"grade": True, "grade_id": name, "points": 50, "locked": True, "solution": False, "schema_version": 3, "task": False}
        notebook["cells"].append({"cell_type": "code", "id": name.strip("./"), "metadata": {"nbgrader": nbgrader}, "execution_count": None, "outputs": [], "source": "1"})
