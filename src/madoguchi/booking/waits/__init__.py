"""waits (待ち時間の見込み): how long it will take, always as a band, and how well that was said.

In the order in which it happens: the work ahead of a number is laid on the desks (`work_ahead`), set right by what was learned
day by day (`learned`) and told as a band (`prediction`); what is shown never rises unsaid (`showing`); every promise is kept
(`estimates` in this room) and scored (`scoring`). Whole days of an invented branch (`office_days`) prove it.
Queues of other offices are read from their snapshots and foreseen (`snapshots`, `pace`, `bands`, `report`). Plain Python over
values; nothing here reads the database.
"""
