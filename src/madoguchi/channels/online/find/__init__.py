"""Finding out at home which procedures one needs, and bringing the answers along."""
