"""Made-up tapes of known behaviour, and whether a fit to them finds what is known."""
