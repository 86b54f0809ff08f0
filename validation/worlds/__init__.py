"""Plausible worlds: values of what no source settles, drawn given published figures, and a check of the drawing."""
