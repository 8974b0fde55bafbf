"""madoguchi (窓口): the counter of a Japanese city office, from the register to a signed sheet."""
