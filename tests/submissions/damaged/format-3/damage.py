def damage(notebook):
    cells = []
    for each in notebook.pop("cells"):
        if each["cell_type"] == "code":
            cell = {"cell_type": "code", "language": "python", "collapsed": False, "outputs": []}
            cells.append(cell | {"input": each["source"], "metadata": each["metadata"]})
        else:
            cells.append({"cell_type": "markdown", "source": each["source"], "metadata": each["metadata"]})
    notebook |= {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}
    notebook["metadata"] = {"name": ""}
