"""Composing and checking the configuration: Hydra puts it together, this folder decides what may stand in it."""
