"""A course: the life cycle of its assignments, a class graded, the table of what came of it."""
