"""review (申請書の見直し): which boxes of a sheet the city knows, which decide nothing, and what writing them costs.

In the order in which it happens: where each fact comes from (`knowledge`, `sources.toml`); what a box is for on its sheet and
what is proposed for it (`boxes`); what that saves in a year (`savings`). Pure: definitions, marks and counts in, proposals out.
"""
