"""The fee of a health card: reserved when ordered, captured when the card is sent, released when it is not to be."""
