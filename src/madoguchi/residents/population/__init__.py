"""population (架空の住民): an invented register of any size, the same for the same seed, with no database.

In the order in which it happens: ages are dealt out as the census has them and joined into households (`households`,
`drawing`); every person gets names (`names`), an address (`addresses`) and what is known of them, consistent with age
and family (`circumstances`); then the register is written as an import file and as tables (`files`, `command`).
Nobody in it is real: the city is まどか市, names are put together from common elements.
"""
