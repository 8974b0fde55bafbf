"""city (自治体): departments, branches and desks, the staff and what each may do, the days it is open.

In the order in which a day begins: staff sign in (password, then a passkey or a one-time code); each screen
says which authority it needs and everybody else is refused (`needs`); every act knows its actor, branch and
desk.
"""
