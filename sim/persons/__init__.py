"""Persons: who they are, what they decide in a month, and what befalls them."""
