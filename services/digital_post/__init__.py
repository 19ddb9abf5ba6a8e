"""Letters to citizens: who gets one, by which channel, and proof that it was handed over once."""
