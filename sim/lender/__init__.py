"""The online lender: what it may lend, how it funds itself, provides, scores and collects."""
