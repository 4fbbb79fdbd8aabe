"""The judge: the trusted process that runs test cells and holds only proxies of the student's objects."""
