"""cases (受付・案件): one visit from the first word to the acknowledged change.

In the order in which it happens: a case is opened and begun from a moving-out certificate or the register (`opening`);
it hears only what can still change something (`hearing`); what was heard is checked and signed once (`closing`);
departments get their tasks and come to the seat (`tasks`); a second officer reviews (`reviewing`); until the core system
has acknowledged it, all of it is provisional (仮).
What is known is a fold over acts: an act can be undone, a fact is never overwritten, and the revision of the
procedures that decided stays with the case.
"""
