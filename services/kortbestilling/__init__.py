"""The health card: ordered at the supplier, followed until it is sent."""
