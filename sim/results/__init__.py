"""A study as a Python object: its months as a table that also answers what the report answers."""
