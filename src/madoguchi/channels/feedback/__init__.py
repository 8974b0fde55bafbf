"""Feedback (ご意見): a page on which anybody says something of the screen they came from, and sees what became of it."""
