"""Waits (待ち時間): what is told to whoever waits, how it is learned, and how true it was.

In the order in which it happens: an invented office's days (`simulator`, its `parameters` fixed before anything was
predicted) to prove the rest on.
"""
