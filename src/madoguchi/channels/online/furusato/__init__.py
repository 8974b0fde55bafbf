"""ワンストップ特例 for donors: a paper's QR or its number and digits, what it is of, one press, and what may be done after it."""
