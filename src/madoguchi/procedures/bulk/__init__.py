"""The same rules over a whole register (一括判定): each tree is worked out over columns, many people at once.

1. `files` reads a part of the register; `batch` and `families` make columns of it.  2. `conditions`, `values` and `days` work
an expression out over `scopes` of rows; `same` and `thresholds` spare work.  3. `outcomes` puts a procedure's dated rules,
claimants and deadlines together; `doubts`, `witnesses` and `single` settle what columns alone leave open.  4. `register` runs
it part by part and `joining` makes one file; `spark` does so on many machines.
"""
