"""Studies: what is compared, how it is run and stored, and what the comparison says."""
