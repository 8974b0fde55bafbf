"""connect (基幹・外部連携): what leaves for the core system, and its answer.

In the order in which it happens: an approved case becomes change data (異動データ), once for each signature (`change_data`,
`operations.approve_and_create`); it is handed over as CSV or JSON, again and again the same (`hand_over`); the core
system's answer closes the case or sends it back to the counter with a reason (`acknowledge`). Practice never gets here.
"""
