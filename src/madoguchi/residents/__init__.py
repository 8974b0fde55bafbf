"""residents (住民): people, households and what is known of them, with source and date.

In the order in which it happens: a core system's extract comes in, every row stored or refused with a reason
(`importing`); a person is found (`search`) and read (`disclosure`), each time written in the audit first; what is
protected (支援措置) is withheld wherever something is produced (`protection`); a change makes a new row in a person's
history and never overwrites one (`operations`). 世帯, 住所, 生計 and 保険 are four groupings, kept apart.
"""
