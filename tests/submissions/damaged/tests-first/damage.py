def damage(notebook):
    tests = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    notebook["cells"] = tests + [c for c in notebook["cells"] if c not in tests]
