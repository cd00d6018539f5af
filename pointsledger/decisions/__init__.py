"""Pure functions: a state and a command give a record, and a record gives the rows that change."""
