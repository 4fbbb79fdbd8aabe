def damage(notebook):
    notebook["cells"][2]["metadata"]["nbgrader"] = "not a dictionary"
    notebook["cells"][4]["metadata"]["nbgrader"] = {"grade_id": "affine", "schema_version": "old", "points": "many"}
    notebook["cells"][0]["metadata"]["nbgrader"] = ["list"]
