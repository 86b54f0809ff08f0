"""A study as facts and dimensions: tables of stable names, each column declared, for a database or a spreadsheet."""
