import json


def damage(notebook):
    text = json.dumps(notebook, indent=1)
    return "<<<<<<< HEAD\n" + text + "\n=======\n" + text + "\n>>>>>>> mine\n"
