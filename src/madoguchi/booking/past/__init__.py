"""A past for an invented city (過去の来庁): days of tickets played in memory and kept at once. Never for a real office."""
