"""Plain parts of 実績."""
