def damage(notebook):
    for each in notebook["cells"]:
        if each["cell_type"] == "code":
            each["outputs"] = [
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "99.0"}},
                {"output_type": "stream", "name": "stdout", "text": "x" * 2_000_000},
            ]
