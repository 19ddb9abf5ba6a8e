"""Intake of files from the registers: read, check, publish. Run as `sygesikring ingest ...`."""
