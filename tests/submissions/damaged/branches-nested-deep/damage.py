def damage(notebook):
    own = {"cell_type": "code", "id": "own", "metadata": {}, "execution_count": None, "outputs": []}
    notebook["cells"].insert(
        2,
        own | {"source": "n = 0\nif n == 1:\n    pass\n" + "".join(f"elif n == {k}:\n    pass\n" for k in range(493))},
    )
