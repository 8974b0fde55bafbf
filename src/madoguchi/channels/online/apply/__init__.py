"""Applying from home (/my/apply/, /my/cases/): the pages around `cases.from_home`."""
