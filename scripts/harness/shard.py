"""Parts of the work, for several machines of CI."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..problem import Problem


class Shard(NamedTuple):
    """One of several parts that add up to the whole."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def read(cls, text: str | None) -> Shard:
        """The part that `2/5` names, or the whole; raises `Problem`."""
        if text is None:
            return cls(1, 1)
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        shard = cls(*map(int, match.groups())) if match else cls(0, 0)
        if not 1 <= shard.number <= shard.of:
            raise Problem(f"`{text}` names no part of the work", "write --shard 2/5 for the second of five")
        return shard
