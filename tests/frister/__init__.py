"""Each deadline rule on every day of many years."""
