"""Nets: payments, captures and cancels, in the shape of its Payment API."""
