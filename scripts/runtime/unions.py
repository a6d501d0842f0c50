"""The codec of a union: which member writes a value, and which one reads an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .guards import is_array, is_object
from .mismatch import Mismatch
from .rules import NO_RULES, Discriminator, Rules, same
from .unset import UNSET
from .values import FIT, Codec, Way


class AnyOf(Codec):
    """The first member that takes a value writes it; the member that fits an answer best reads it.

    By the rule `one_of`, what is written may be nothing that another member allows, unless a discriminator tells
    them apart. In an open enumeration only the first member, with the known values, writes requests.
    """

    def __init__(
        self,
        members: Sequence[Codec],
        rules: Rules = NO_RULES,
        discriminator: Discriminator | None = None,
        *,
        is_open: bool = False,
    ) -> None:
        super().__init__(rules)
        self.members, self.discriminator = members, discriminator
        self.writers = members[:1] if is_open else members
        self.reads = frozenset[type]().union(*(member.reads for member in members))
        self.classes = frozenset[str]().union(*(member.classes for member in members))
        self.fails = any(member.fails for member in members)
        self._readers = {kind: self._able(kind) for kind in self.reads}
        self.keeps = frozenset(
            kind for kind, able in self._readers.items() if len(able) == 1 and kind in able[0].keeps
        )

    def to_json(self, value: Any, way: Way) -> Any:
        """What the first member that takes the value makes of it."""
        errors: list[Mismatch] = []
        for member in self.writers if way.checks else self.members:
            try:
                encoded = member.encode(value, way)
            except Mismatch as error:
                errors.append(_alone(error))
            else:
                is_told = self.discriminator is not None
                if (
                    way.checks
                    and self.rules.one_of
                    and not is_told
                    and self._fits_another(member, encoded, way)
                ):
                    raise Mismatch((), "oneOf: not more than one of the schemas", value)
                return encoded
        raise _nearest(errors, value)

    def _fits_another(self, chosen: Codec, encoded: Any, way: Way) -> bool:
        """Whether another member than the chosen one allows the JSON value too."""
        return any(_allows(member, encoded, way) for member in self.members if member is not chosen)

    def decode(self, value: Any) -> Any:
        """What the member makes of it that the discriminator names, or that takes the fewest liberties."""
        readers = self._readers.get(value.__class__, self.members)
        if self.discriminator is not None and is_object(value):
            readers = self._named(self.discriminator, value) or readers
        if len(readers) == 1:
            return readers[0].decode(value)
        errors: list[Mismatch] = []
        fits: list[tuple[bool, int, Any]] = []
        for member in readers:
            try:
                decoded = member.decode(value)
            except Mismatch as error:
                if member.fails and error.value is not UNSET and error.value is not None:
                    raise  # it says that it failed, if not as documented: that is no success
                errors.append(_alone(error))
                continue
            is_only = not fits and member is readers[-1]
            if is_only or getattr(decoded, "__failure__", False):
                return decoded
            fits.append((not _is_exact(member, decoded, value), _undocumented(decoded), decoded))
            if fits[-1][:2] == (False, 0):
                return decoded
        if not fits:
            raise _nearest(errors, value)
        return min(fits, key=lambda fit: fit[:2])[2]

    def _named(self, discriminator: Discriminator, value: dict[str, Any]) -> list[Codec]:
        """The member that the discriminator names, if it is known."""
        said = value.get(discriminator.name)
        wanted = discriminator.mapping.get(said) if isinstance(said, str) else None
        return [member for member in self.members if wanted in member.classes]

    def _able(self, kind: type) -> Sequence[Codec]:
        """The members that may read values of a type, those that make failures first."""
        able = [member for member in self.members if kind in member.reads]
        return sorted(able, key=lambda member: not member.fails)


def _allows(member: Codec, value: Any, way: Way) -> bool:
    """Whether a JSON value is of the member's type and fulfils all its rules."""
    try:
        return _is_exact(member, member.decode(value), value, way)
    except Mismatch:
        return False


def _is_exact(member: Codec, decoded: Any, value: Any, way: Way = FIT) -> bool:
    """Whether what was read fulfils all rules, and goes out again as it came in."""
    try:
        return same(member.encode(decoded, way), value)
    except Mismatch:
        return False


def _undocumented(value: Any) -> int:
    """How many properties in a decoded value the contract does not document."""
    if is_array(value):
        return sum(map(_undocumented, value))
    if is_object(value):
        return len(value) + sum(map(_undocumented, value.values()))
    return sum(_undocumented(getattr(value, field.name)) for field in getattr(value, "__attrs_attrs__", ()))


def _alone(error: Mismatch) -> Mismatch:
    """The error without its traceback, in whose frames stands the list that keeps it."""
    return Mismatch(error.place, error.rule, error.value, error.path)


def _nearest(errors: list[Mismatch], value: Any) -> Mismatch:
    """The error that tells most: the one that got deepest into what is there, or all rules where none did."""
    deepest = max(errors, key=lambda error: (len(error.place), error.value is not UNSET))
    if deepest.place or len(errors) == 1:
        return _alone(deepest)
    return Mismatch((), " or ".join(dict.fromkeys(error.rule for error in errors)), value)
