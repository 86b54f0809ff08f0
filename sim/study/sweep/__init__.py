"""Sweeps: points, searches, sensitivities, what was found."""
