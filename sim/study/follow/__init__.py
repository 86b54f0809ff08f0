"""What a run leaves behind beside its months: tables of few, well named columns."""
