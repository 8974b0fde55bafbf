"""Screens of 実績: journeys of visits, and played visits with a stopwatch."""
