"""Declared columns, tables of them, and Mesa agents that are views of their rows."""
