def damage(notebook):
    text = "def largest(numbers):\n    return sorted(numbers)[-1]"
    extra = {"cell_type": "code", "id": "late", "metadata": {}, "execution_count": None, "outputs": []}
    notebook["cells"].append(extra | {"source": text})
