"""What a user hands in: paths of the economy, loan tapes, rules; read as text and checked line by line."""
