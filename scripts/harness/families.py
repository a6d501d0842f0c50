"""The families of checks, in the order in which they are run and shown."""

from __future__ import annotations

from . import answers, client, faults, parity, refusals, requests
from .findings import Family

FAMILIES: dict[str, Family] = {
    "requests": requests.checks,
    "refusals": refusals.checks,
    "answers": answers.checks,
    "faults": faults.checks,
    "parity": parity.checks,
    "client": client.checks,
}
