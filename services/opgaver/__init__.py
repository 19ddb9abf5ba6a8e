"""Manual tasks: one queue per municipality, each task with a deadline."""
