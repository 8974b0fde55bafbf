"""audit (証跡): who read whom, why, and every step of every case.

In the order in which it happens: a reading is written down, durably, before anything is shown
(`record_access`); acts and steps are written in the transaction of the work they belong to (`record_act`,
`record_step`); rows can only be added (the database refuses change and removal); rows are sealed in batches
whose digests form a chain (`seal`); anyone may check the chain (`madoguchi audit verify`). Keys are kept,
never values.
"""
