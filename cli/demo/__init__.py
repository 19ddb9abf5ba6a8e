"""`sygesikring demo`: the whole hub in one process, sixty days of it, and the account of what happened."""
