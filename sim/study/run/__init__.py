"""Running a study: cells, workers, progress, endings."""
