def damage(notebook):
    own = {"cell_type": "code", "id": "own", "metadata": {}, "execution_count": None, "outputs": []}
    notebook["cells"].insert(2, own | {"source": "a" * 60_000 + " - ?"})
