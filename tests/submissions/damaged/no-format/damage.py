def damage(notebook):
    del notebook["nbformat"], notebook["nbformat_minor"]
