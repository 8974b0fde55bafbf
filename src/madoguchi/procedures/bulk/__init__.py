"""The same rules over a whole register (一括判定): each tree becomes one query of the embedded DuckDB.

1. `dates` gives the legal dates as SQL macros.  2. `expressions` turns a tree into SQL that knows true, false and
unknown.  3. `outcomes` puts a procedure's dated rules, claimants and deadlines together.  4. `register` runs it over
the files of a register and writes one row for each procedure and subject that is not "not needed".
"""
