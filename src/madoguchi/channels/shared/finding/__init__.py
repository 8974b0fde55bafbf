"""Finding out which procedures one needs, before anybody is asked for a name: the same at home and at the machine in the hall."""
