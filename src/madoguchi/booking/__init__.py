"""booking (予約・発券): when people come, and who is called next.

In the order in which it happens: the office says what it does, at which lanes and when (`services`); a resident books a
visit (`slots`, `reserving`) or just comes; whoever is here holds one number for the whole visit (`tickets`); a desk calls
the next by a rule that anyone may check; every wait that was promised is kept and scored (`waits`); tomorrow's desks
follow from what was learned (`levelling`).
The room knows no case and no name: a number, a lane, a desk, a time.
"""
