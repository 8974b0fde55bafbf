"""feedback (ご意見): what residents and clerks say of a screen, and what became of it.

In the order in which it happens: whoever looks at a screen says something of it (`giving.give`: numbers by which a person
could be reached are masked before anything is kept; of the giver only the kind is known); the DX section reads it and
decides (`deciding`, by the table of `states`); a draft names what it answers (`drafts.citing`), and with its publication
that is answered; whoever has the receipt's number sees so (`reading.became`).
"""
