"""The loan: the account in the lender's book, its states, how it is served, and where every fen goes."""
