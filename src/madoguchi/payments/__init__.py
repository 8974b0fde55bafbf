"""payments (収納): what is to be paid, what became of it at the provider, and what was done with the money. Knows no case."""
