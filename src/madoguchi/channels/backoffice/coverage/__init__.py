"""Screens of card coverage and of visits: /office/coverage/ and /office/visits/."""
