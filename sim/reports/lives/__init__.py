"""One life as a page: a person or a firm of the panel, under two packages side by side."""
