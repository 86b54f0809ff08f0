"""What the program says in words: one file of texts for each language, and what reads them."""
