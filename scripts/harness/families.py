"""The families of checks, in the order in which they are run and shown."""

from __future__ import annotations

from .findings import Family

FAMILIES: dict[str, Family] = {}
