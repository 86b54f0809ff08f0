"""The figures of a month: names, units, meanings, and how they are printed."""
