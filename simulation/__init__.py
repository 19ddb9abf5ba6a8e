"""Seeded simulation: the real services over in-memory doubles of broker, database and providers, on a virtual clock."""
