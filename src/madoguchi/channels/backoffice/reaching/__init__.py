"""届いていない方: the queue, one person, rounds of visits, take-up, and what a 民生委員 sees."""
