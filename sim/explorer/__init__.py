"""The explorer: one HTML page with the results of a study folder, to choose from and to look at in a browser."""
