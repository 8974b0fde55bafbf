"""counter (窓口): the clerk's screens, the department's desk, the review, and what the resident is shown."""
