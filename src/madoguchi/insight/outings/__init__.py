"""出張: where a visit reaches most people without a card, planned without names."""
