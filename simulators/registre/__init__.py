"""Seeded synthetic registers for demo, tests and bench: people, CPR extracts and practices. Nothing in them is real."""

from simulators.registre.befolkning import Befolkning
from simulators.registre.dagen import dagens_haendelser
from simulators.registre.praksis import praksisser
from simulators.registre.udtraek import Haendelse, Udtrukket, skriv_udtraek

__all__ = ["Befolkning", "Haendelse", "Udtrukket", "dagens_haendelser", "praksisser", "skriv_udtraek"]
