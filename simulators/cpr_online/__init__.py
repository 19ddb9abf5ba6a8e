"""A stand-in for CPR's paid single look-up. Its HTTP and JSON are the hub's own shape, not CPR's."""
