"""waits (待ち時間の見込み): how long it will take, always as a band, and how well that was said.

A day is let run (`simulator`); what was seen is learned from (`predictor`); every promise is scored (`scoring`); queues of
other offices are read from their snapshots (`snapshots`). Plain Python over values; nothing here reads the database.
"""
