"""What every figure of a page means: links from heads to a glossary, which holds the figures that the page shows."""
