"""Procedures as data (手続台帳): what these people need, why, by when, and what to ask next.

1. `loader` reads a pack of TOML files and refuses it with every error it finds.
2. `decide` answers each procedure for each person with must, ask, optional or not needed.
3. `questions` chooses the facts that can still change an answer.
"""
