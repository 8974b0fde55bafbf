"""The editor's screens: a draft, a procedure, a condition in blocks, examples, settings, words, sheets. No code, no file."""
