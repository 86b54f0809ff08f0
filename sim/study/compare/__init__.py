"""What a comparison says: figures of runs, intervals, closures, parties, dominance."""
