def damage(notebook):
    nested = {}
    for _ in range(900):
        nested = {"x": nested}
    notebook["metadata"]["more"] = nested
