"""The published language of the hub: every message, topic, header and key that crosses a process boundary."""
