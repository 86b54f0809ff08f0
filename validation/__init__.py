"""Checks of the engine against closed forms, and the pages made from them; not shipped."""
