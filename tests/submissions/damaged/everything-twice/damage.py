import copy


def damage(notebook):
    notebook["cells"] += copy.deepcopy(notebook["cells"])
