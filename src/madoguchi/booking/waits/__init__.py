"""Waits (待ち時間): what is told to whoever waits, how it is learned, and how true it was. Plain Python.

In the order in which it happens: the work ahead is laid on the desks (`work_ahead`), set right by what was learned
(`learned`) and told as a band (`prediction`); what is shown never rises unsaid (`showing`); once the number is called, what
was told is scored (`scoring`). An invented office's days (`simulator`, its parameters fixed before anything was predicted)
and other people's logs (`snapshots`, `virtual`, `pace`, `snapshot_score`) prove it.
"""
