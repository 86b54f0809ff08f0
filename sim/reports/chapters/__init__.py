"""Chapters of the report, a file each."""
