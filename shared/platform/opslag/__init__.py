"""The HTTP read API: the queries that a service declares, answered from its own database, changing nothing (SIK-03)."""
