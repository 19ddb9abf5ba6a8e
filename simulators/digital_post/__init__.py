"""Stand-in for Digital Post with the print behind it: who is registered, and which letters were handed over."""
