"""OpenAPI Overlay documents, versions 1.0 and 1.1, applied to the letter of the specification.

Stricter in one point: a target that matches nothing is refused, unless its action says `x-optional: true`.
An array given to an array is appended item by item in both versions, where the text of 1.0 leaves it open.
"""

from __future__ import annotations

import json
import re
from functools import partial, reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

from jsonpath_rfc9535 import JSONPathError, JSONPathQuery

from .jsonpath import JSONPATH, SECONDS
from .kinds import is_array, is_object
from .marks import Line, copied, drop, place, pointer, put
from .problem import Problem
from .yaml12 import MOST_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Keys = tuple[Any, ...]
    """The names and indices that lead from the root to a node."""

_VERSION = re.compile(r"1\.[01]\.[0-9]+")
_OVERLAY = {"overlay": str, "info": dict, "actions": list, "extends": str}
_INFO = {"title": str, "version": str, "description": str}
_ACTION = {
    "target": str,
    "description": str,
    "update": object,
    "copy": str,
    "remove": bool,
    "x-optional": bool,
}
_REQUIRED = {"overlay", "info", "actions", "title", "version", "target"}
_TYPES = {str: "a string", dict: "an object", list: "an array", bool: "true or false"}
_OBJECT, _ARRAY, _PRIMITIVE = "an object", "an array", "a primitive"


class OverlayError(Problem):
    """An overlay that is not in form, or that does not fit the document."""


def apply(document: Any, overlay: Any) -> Any:
    """The document after every action of the overlay, in order.

    Changes neither argument and shares no container with them; values keep the file and line they came from.
    Raises `OverlayError` if any part of the overlay is not in form or any action does not fit the document.
    """
    try:
        result = copied(document)
    except RecursionError:
        what = "the document is nested too deeply"
        raise _refused(overlay, [], "overlay", what, "flatten it") from None
    for action in _actions(overlay):
        result = action.applied(result)
    return result


def _refused(
    overlay: Any, keys: list[str | int], where: str, what: str, todo: str, *field: str
) -> OverlayError:
    file, line = place(overlay, [*keys, *field])
    return OverlayError(what, todo, file=file, line=line, where=where)


def _actions(overlay: Any) -> list[_Action]:
    """The actions of an overlay; all of them are checked before one is applied."""
    refused = partial(_refused, overlay, [], "overlay")
    _check(overlay, _OVERLAY, "the overlay", refused)
    _check(overlay["info"], _INFO, "`info`", partial(_refused, overlay, ["info"], "overlay"))
    if not _VERSION.fullmatch(overlay["overlay"]):
        what = f"the Overlay version is {_shown(overlay['overlay'])}"
        raise refused(what, "use 1.0.x or 1.1.x", "overlay")
    if not overlay["actions"]:
        raise refused("`actions` is empty", "add an action", "actions")
    return [_Action(overlay, number) for number in range(1, len(overlay["actions"]) + 1)]


def _check(node: Any, form: dict[str, Any], name: str, refused: Callable[..., OverlayError]) -> None:
    """Refuse an object with a field that is missing, of another type, or neither fixed nor an extension."""
    if _kind(node) != _OBJECT:
        raise refused(f"{name} is {_shown(node)}, not an object", f"write an object with {', '.join(form)}")
    for field, type_ in form.items():
        if field in _REQUIRED and field not in node:
            raise refused(f"{name} has no `{field}`", f"add it, {_TYPES[type_]}")
        if field in node and not isinstance(node[field], type_):
            what = f"`{field}` is {_shown(node[field])}, not {_TYPES[type_]}"
            raise refused(what, f"write {_TYPES[type_]}", field)
    for field in map(str, node):
        if field not in form and not field.startswith("x-"):
            what = f"{name} has an unknown field `{field}`"
            raise refused(what, f"remove it, or name it `x-{field}`", field)


class _Action:
    """One action of an overlay, found to be in form."""

    def __init__(self, overlay: Any, number: int) -> None:
        self.overlay, self.number, self.fields = overlay, number, overlay["actions"][number - 1]
        _check(self.fields, _ACTION, "the action", self.refused)
        modifiers = {"update", "copy"} & set(self.fields)
        if "copy" in modifiers and overlay["overlay"].startswith("1.0."):
            raise self.refused(f"Overlay {overlay['overlay']} has no `copy`", "write `overlay: 1.1.0`")
        if len(modifiers) == 2:
            raise self.refused("`update` and `copy` exclude each other", "make two actions of it")
        self.queries = {field: self.query(field) for field in ("target", "copy") if field in self.fields}

    def refused(self, what: str, todo: str, *_field: str) -> OverlayError:
        """The error `what`, with the line and the target of this action."""
        target = self.fields.get("target") if _kind(self.fields) == _OBJECT else None
        where = f"action {self.number}" + (f" (target {target})" if isinstance(target, str) else "")
        return _refused(self.overlay, ["actions", self.number - 1], where, what, todo)

    def query(self, field: str) -> JSONPathQuery:
        """The JSONPath in `field`."""
        try:
            return JSONPATH.compile(self.fields[field])
        except (JSONPathError, OverflowError, ValueError) as error:  # the last two: huge numbers
            what = f"`{field}` is {_shown(self.fields[field])}, not an RFC 9535 JSONPath ({error})"
            raise self.refused(what, "correct the path") from None
        except RecursionError:
            raise self.refused(f"`{field}` is nested too deeply", "flatten it") from None

    def selected(self, field: str, document: Any) -> list[Keys]:
        """The places of the nodes that the path in `field` selects, each of them once."""
        return list(dict.fromkeys(node.location for node in self.queries[field].find(document)))

    def applied(self, document: Any) -> Any:
        """The document after this action; its objects and arrays are changed in place."""
        try:
            result = self.changed(document)
            self.limit(_size(result))
            return result
        except RecursionError:
            raise self.refused("the document or the action is nested too deeply", "flatten it") from None
        except TimeoutError:
            what = f"a pattern takes more than {SECONDS} seconds"
            raise self.refused(what, "write one with fewer repetitions") from None

    def limit(self, count: int) -> None:
        """Refuse so many values."""
        if count > MOST_VALUES:
            what = f"the document gets more than {MOST_VALUES:,} values"
            raise self.refused(what, "select less, or write less")

    def changed(self, document: Any) -> Any:
        """The document after this action, whatever its size."""
        places = self.selected("target", document)
        if not places and self.fields.get("x-optional") is not True:
            raise self.refused("the target matches nothing", "correct the path, or say `x-optional: true`")
        if self.fields.get("remove"):
            return self.removed(document, places)
        if places and {"update", "copy"} & set(self.fields):
            return self.updated(document, places)
        return document

    def removed(self, document: Any, places: list[Keys]) -> Any:
        """The document without `places`, the last removed first, so that none moves before its turn."""
        if () in places:
            raise self.refused("the root of the document cannot be removed", "select what is inside it")
        for *above, key in sorted(places, reverse=True):
            drop(_at(document, above), key)
        return document

    def updated(self, document: Any, places: list[Keys]) -> Any:
        """The document with the value of this action appended to, or merged into, the nodes at `places`."""
        kinds = sorted({_kind(_at(document, keys)) for keys in places})
        if len(kinds) > 1:
            what = f"the target selects nodes of different kinds ({', '.join(kinds)})"
            raise self.refused(what, "select only objects, only arrays or only primitives")
        source, line = self.source(document)
        self.limit(len(places) * _size(source))
        root = [document]
        for keys in places:
            *above, key = (0, *keys)
            container, new = _at(root, above), copied(source)
            old = container[key]
            if _kind(old) == _ARRAY and _kind(new) != _ARRAY:
                put(old, len(old), new, line)
            else:
                self.merge(container, key, new, line, keys)
        return root[0]

    def source(self, document: Any) -> tuple[Any, Line | None]:
        """The value of this action, as it is before any change, and the line that it came from."""
        if "update" in self.fields:
            return self.fields["update"], _line(self.fields, "update")
        places = self.selected("copy", document)
        if len(places) != 1:
            what = f"`copy` is {_shown(self.fields['copy'])}, which selects {len(places)} nodes"
            raise self.refused(what, "select one node")
        return copied(_at(document, places[0])), _line(document, *places[0])

    def merge(self, container: Any, key: Any, new: Any, line: Line | None, keys: Keys) -> None:
        """Merge `new`, which came from `line`, into what the container has at `key`; `keys` lead there."""
        old = container[key]
        kinds = _kind(old), _kind(new)
        if kinds == (_OBJECT, _OBJECT):
            for name, value in new.items():
                if name in old:
                    self.merge(old, name, value, _line(new, name), (*keys, name))
                else:
                    put(old, name, value, _line(new, name))
        elif kinds == (_ARRAY, _ARRAY):
            for index, value in enumerate(new):
                put(old, len(old), value, _line(new, index))
        elif kinds == (_PRIMITIVE, _PRIMITIVE):
            put(container, key, new, line)
        else:
            what = f"{_kind(new)} cannot be merged into {_kind(old)} at {pointer(*keys)}"
            raise self.refused(what, f"give {_kind(old)}, or remove the old value first")


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return _OBJECT
    return _ARRAY if isinstance(value, list) else _PRIMITIVE


def _shown(value: Any) -> str:
    kind = _kind(value)
    return json.dumps(value, ensure_ascii=False, default=str) if kind == _PRIMITIVE else kind


def _size(value: Any) -> int:
    """The number of values in `value`, itself included."""
    inside = value.values() if is_object(value) else value if is_array(value) else ()
    return 1 + sum(map(_size, inside))


def _at(document: Any, keys: Iterable[Any]) -> Any:
    return reduce(getitem, keys, document)


def _line(document: Any, *keys: str | int) -> Line | None:
    file, line = place(document, list(keys))
    return Line(file, line) if file is not None and line is not None else None
