"""insight (実績): what visits cost those who came, and whether that gets less.

In the order in which it happens: journeys of visits are read from the recorded steps (`visits`), reported so that nobody can be
recognised (`report`), and given to whoever mines processes as XES and OCEL (`xes`, `ocel`); staff who play residents with
a stopwatch on practice data are kept apart (`stopwatch`, `experience`). No figure is typed in, and no person is in any.
"""
