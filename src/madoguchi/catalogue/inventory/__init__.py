"""inventory (棚卸し): what procedures there are, in the nation and in this city, and in which order they go online.

In the order in which it happens: a survey file is recognised by its headings (`survey_columns`, `survey_file`); its rows are
staged unseen and published at once, each stored or refused (`taking_in`); the city keeps its own list beside it, by hand
or in Excel (`city_entries`, `city_list`, `city_book`); how easily a procedure goes online is scored by a definition that
the city may change (`ease`); a plan fills the quarters by capacity, and the burn-up says how far it got (`plan`).
"""
