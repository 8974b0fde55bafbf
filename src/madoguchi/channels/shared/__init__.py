"""shared: the shell that every screen wears (DADS look, keys, live updates, dates in 和暦)."""
