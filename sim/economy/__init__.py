"""Cycles, scenarios, sectors, and what they do to jobs and incomes."""
