"""catalogue (手続台帳): the published revisions of the procedures.

In the order in which it happens: folders of a pack are read and checked; what was read is stored as it is,
once and for good (`publish`); every case remembers the revision that decided it and can always be decided by
it again (`pack_of`).
"""
