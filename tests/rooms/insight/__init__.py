"""The room of 実績."""
