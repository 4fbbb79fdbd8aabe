def damage(notebook):
    outcome = {"reason": "correct", "message": "", "seconds": 0.0}
    outcomes = {name: outcome for name in ("test-row-softmax", "test-affine", "test-largest")}
    notebook["metadata"]["autograder"] = {"outcomes": outcomes, "unreadable": "", "repairs": [], "crash": "", "submission": ""}
    for each in notebook["cells"]:
        each["metadata"]["autograder"] = outcome
