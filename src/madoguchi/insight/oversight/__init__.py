"""Readings that somebody should ask about (気になる閲覧): found by declared rules, shown to the supervisor with the reason."""
