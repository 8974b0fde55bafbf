"""Keeping (保管): copies of everything that the office cannot do without, putting them back, and noticing that it was done."""
