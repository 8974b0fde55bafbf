"""Levelling (平準化): how many come tomorrow, how many desks that takes, who sits where, and what it does to the wait.

In the order in which it happens: what came so far is learned (`demand`, with `day_kinds` and `bands`) and tried against the
past (`backtest`); desks for a target wait are counted (`desks`) and the count is checked by letting the day run
(`simulation`); a roster is proposed that keeps every rule (`roster`, `solving`); all of it at once is `proposing`. These are
plain Python over values. `history`, `officers`, `operations` and `queries` keep what belongs to an office in its tables.
"""
