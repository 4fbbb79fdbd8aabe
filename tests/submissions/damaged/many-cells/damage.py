def damage(notebook):
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": ""}
    notebook["cells"][1:1] = [dict(empty, id=f"c{n}") for n in range(100_000)]
