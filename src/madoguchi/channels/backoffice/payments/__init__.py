"""収納: payments by state, what stands open, refunds by two, the provider's file."""
