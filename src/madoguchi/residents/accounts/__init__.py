"""Residents' sign-ins and whom of the register they are (アカウントと住民記録の照合; docs/sign-in.md).

In the order in which it happens: somebody comes with four facts (`facts`); they are held against the register
(`matching`), which gives one resident, a doubt or nobody, and never a guess; the account stands as that says
(`coming`); what is doubtful waits for staff (`deciding`), and of protected people only for those who handle them.
"""
