"""Decisions of departments (決定) and the papers that tell them (docs/departments-desk.md).

In the order in which it happens: proposed and put in force, by two where the procedure says so (`deciding`); told on a paper
with a number and a code (`result_papers`); found valid or not by anybody who holds it (`checking`); by when (`due`) and
how quickly (`figures`).
"""
