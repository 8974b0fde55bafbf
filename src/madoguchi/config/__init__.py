"""config: the porch. Settings, addresses and the command line; it may import every room and none imports it."""
