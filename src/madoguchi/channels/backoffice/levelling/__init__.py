"""Screens of levelling (平準化): demand, who can sit where, proposals and what became of them."""
