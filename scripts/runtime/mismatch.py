"""A value that is not what the contract says, and where it stands."""

from __future__ import annotations

from .unset import UNSET

Place = tuple[str | int, ...]


class Mismatch(ValueError):
    """A value that breaks a rule: `place` are the keys that lead to it, `rule` is in JSON Schema's words.

    `path` is the same in Python, where properties are attributes.
    """

    def __init__(self, place: Place, rule: str, value: object, path: Place | None = None) -> None:
        super().__init__(place, rule, value)
        self.place, self.rule, self.value = place, rule, value
        self.path = place if path is None else path

    def __str__(self) -> str:
        return told(dotted(self.place) or "the value", self.rule, self.value)

    def below(self, key: str | int, attribute: str | None = None) -> Mismatch:
        """The same, seen from the array or object that holds the value under `key`."""
        return Mismatch((key, *self.place), self.rule, self.value, (attribute or key, *self.path))


def dotted(place: Place) -> str:
    """The place as a person writes it: `errors[0].code`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).removeprefix(".")


def told(where: str, rule: str, value: object) -> str:
    """What is wrong, in one sentence without its full stop."""
    return f"{where:.300} breaks `{rule}`: " + ("it is absent" if value is UNSET else f"got {_shown(value)}")


def _shown(value: object) -> str:
    try:
        return f"{value!r:.200}"
    except Exception:  # a huge integer and a deep list have no repr, and that is not the error to tell
        return f"a value of type {type(value).__name__}"
