"""Applying from home (自宅からの申請). What is applied for is a case like any other; here is what only home needs.

1. `offering`: what one may apply for from home, and where to go for the rest.
2. `opening`: after the consent, a case of the resident's own household, prefilled from the register.
3. `answering`: one question after the other, saved at once; back, and put right. `attaching`: pictures and PDFs.
4. `submitting`: the sign-in takes the signature's place; once only; a receipt number.
5. `following`: whose cases they are and where each stands, in plain words. `withdrawing`: taken back, or put right.
"""
