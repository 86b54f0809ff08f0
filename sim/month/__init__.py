"""The month: which rules and steps run in which order, and what is measured at its end."""
