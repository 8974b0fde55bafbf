"""importing (取込): a core system's extract comes in, every row stored or refused with a reason.

In the order in which it happens: a mapping says what each column is (`mapping`); the file is looked at and taken apart
without trusting it (`records`, `reading`, and `spreadsheets.workbook`); each cell becomes a value or a fault (`cells`, `entries`); rows
are staged unseen and published at once (`staging`); what became of them is reported (`report`). `run` joins these.
"""
