"""Micro and small firms: founding, planning, trade, jobs, credit, failure, and what they leave."""
