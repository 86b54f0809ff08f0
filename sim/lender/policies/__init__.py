"""What the lender decides by: one file a decision, options by name."""
