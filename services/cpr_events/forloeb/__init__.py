"""What is known of a person, and what follows when more is told (CPR-01..15)."""
