"""jp: what every Japanese office must get right about dates, names, addresses and codes, with no framework.

In the order in which a counter needs it: civil dates and statutory ages (`dates`), the days on which the office
is open (`open_days`), 和暦 and unknown dates (`wareki`), kana and names (`kana`, `names`), addresses and
municipalities (`addresses`, `municipalities`), check digits (`check_digits`), the postal bar code
(`customer_barcode`).
"""
