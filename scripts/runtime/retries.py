"""When a call may be sent again, and how long to wait before.

Ours, because the clients need nothing but httpx and attrs, and because what may be sent again is the contract's to say.
"""

from __future__ import annotations

from random import uniform
from time import monotonic

import httpx

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds before the second attempt, and the most that doubling makes of them."""
LONGEST_ASKED = 60.0
"""Seconds that a `Retry-After` header may ask for; a call that would have to wait longer fails at once."""
_LEAST = 0.1
"""Seconds that a timeout is cut to at most: a socket takes none for "do not wait"."""


class Retries:
    """The attempts of one call: at most `limit` more than the first, begun within `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.left, self.end, self.pause = limit, monotonic() + seconds, FIRST_PAUSE

    def wait(self, asked: float | None = None) -> float | None:
        """Seconds to wait before another attempt; None where there is none left.

        They are those that the server `asked` for, but no fewer than without it: many clients may be asked alike.
        """
        self.left -= 1
        seconds = max(self.pause * uniform(0.5, 1), asked or 0.0)
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        is_over = self.left < 0 or seconds > LONGEST_ASKED or monotonic() + seconds > self.end
        return None if is_over else seconds

    def cut(self, timeout: httpx.Timeout, *, is_idempotent: bool) -> httpx.Timeout:
        """The timeout of another attempt: none longer than the time left, but for what would leave its outcome open."""
        left, parts = max(self.end - monotonic(), _LEAST), timeout.as_dict()
        for part, limit in parts.items():
            if is_idempotent or part in ("connect", "pool"):
                parts[part] = left if limit is None else min(limit, left)
        return httpx.Timeout(**parts)
