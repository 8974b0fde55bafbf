"""Tickets (受付番号票): one number for the whole visit, from the ticket machine to the last desk."""
