def damage(notebook):
    for each in notebook["cells"]:
        if "nbgrader" in each["metadata"]:
            each["metadata"]["nbgrader"]["grade_id"] = "largest"
            each["id"] = "same"
