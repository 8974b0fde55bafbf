"""What comes from outside: every parser of the product in one table, what it may answer, and the inputs that are kept for it."""
