"""Composing and checking the configuration: Hydra joins it, this folder decides what may stand in it."""
