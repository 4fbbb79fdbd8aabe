def damage(notebook):
    notebook["metadata"]["more"] = [{}] * 2_000_000
    notebook["cells"][0]["metadata"]["more"] = [[]] * 1_000_000
