"""Messages between a department and a resident about a task (課と住民のやりとり).

In the order in which it happens: whose a task is online (`parties`); asked, told, answered and read (`writing`); read back
by either side (`reading`); and told by mail, without a word of what (`notices`).
"""
