"""JSON and TOML that come from outside (表記の読み取り): read within bounds, or refused by the one error that callers know."""
