"""Chapters of the report, a file each; `tables` and `guarantee` serve several."""
