def damage(notebook):
    notebook["cells"] += [3, None, {"cell_type": "code", "source": [1, 2], "metadata": [], "outputs": "x"}]
