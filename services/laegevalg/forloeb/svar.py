"""Answers to a command to cancel, the same for every process."""

from contracts.bestilling import AnnullerForloeb, BestillingAfvist


def afvist(kommando: AnnullerForloeb, grund: str) -> BestillingAfvist:
    """A command to cancel that is refused."""
    return BestillingAfvist(
        noegle=kommando.noegle, bestilling_id=kommando.bestilling_id, forloeb_id=kommando.forloeb_id, grund=grund
    )
