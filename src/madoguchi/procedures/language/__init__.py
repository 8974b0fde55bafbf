"""The expression language of rules (規則の式): parse and check once, then decide, explain and minimise.

`docs/rule-language.md` is its grammar for jurists.
"""
