def damage(notebook):
    text = "def largest(numbers):\n    return sorted(numbers)[-1]"
    notebook["cells"].append({"cell_type": "code", "id": "late", "metadata": {}, "execution_count": None, "outputs": [], "source": text})
