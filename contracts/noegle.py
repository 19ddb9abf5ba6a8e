"""Record keys and person ids for those who only know a CPR number: an HMAC with a secret shared by hub and senders."""

import hashlib
import hmac
import uuid


def cpr_noegle(cpr: str, hemmelighed: str) -> str:
    """The record key of a message about a CPR number (64 hex digits). No CPR number ever stands in a key or an id."""
    return hmac.new(hemmelighed.encode(), cpr.encode(), hashlib.sha256).hexdigest()


def person_id_ved_oprettelse(cpr: str, hemmelighed: str) -> str:
    """The `person_id` that `cpr_events` gives a CPR number it has not seen before.

    The same number gets the same id however many sources bring it at once. It is an id, not a key to the number: after
    a change of CPR number the person keeps the id, so only `cpr_events` may say which id a number has.
    """
    sum_ = bytearray(hmac.new(hemmelighed.encode(), b"person:" + cpr.encode(), hashlib.sha256).digest()[:16])
    sum_[6] = sum_[6] & 0x0F | 0x80  # UUID version 8 (RFC 9562), by hand: the standard library knows it from 3.14
    sum_[8] = sum_[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(sum_)))
