"""A value that is not what the contract says, and where it stands."""

from __future__ import annotations

from .unset import UNSET

Place = tuple[str | int, ...]


class Mismatch(ValueError):
    """A value that breaks a rule: `place` are the keys that lead to it, `rule` is in JSON Schema's words.

    `path` is the same in Python, where properties are attributes.
    """

    def __init__(self, place: Place, rule: str, value: object, path: Place | None = None) -> None:
        self.place, self.rule, self.value = place, rule, value
        self.path = place if path is None else path

    def __str__(self) -> str:
        where = f"{dotted(self.place):.300}: " if self.place else ""
        return where + told(self.rule, self.value)

    def below(self, key: str | int, attribute: str | None = None) -> Mismatch:
        """The same, seen from the array or object that holds the value under `key`."""
        return Mismatch((key, *self.place), self.rule, self.value, (attribute or key, *self.path))


def dotted(place: Place, root: str = "") -> str:
    """The place in a root as a person writes it in Python: `errors[0].code`, `labels['a b']`."""
    steps = (f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{key!r}]" for key in place)
    return (root + "".join(steps)).removeprefix(".")


def told(rule: str, value: object) -> str:
    """What is wrong, in words without a full stop."""
    return f"missing ({rule})" if value is UNSET else f"expected {rule}, got {shown(value):.200}"


def shown(value: object) -> str:
    """The `repr` of a value, or its type where it has none."""
    try:
        return repr(value)
    except Exception:  # a huge integer and a deep list have no repr, and that is not the error to tell
        return f"a value of type {type(value).__name__}"


class Shown(str):
    """What is shown in place of a value: a text that is its own `repr`."""

    __slots__ = ()
    __repr__ = str.__str__
