"""How the report writes numbers, names and sentences."""
