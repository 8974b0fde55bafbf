"""A branch on its own (支所の単独運用): what it takes along in the morning, and how files go between it and the centre."""
