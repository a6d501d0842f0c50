"""The media types of a contract beside those of its client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..runtime.media import FORM, MULTIPART, essence, is_json
from .faults import added, lost
from .schema import Schema
from .values import Values


def check_content(
    values: Values, node: Any, wanted: Mapping[str, Any], found: Mapping[str, Any], what: str
) -> None:
    """Raise a `Problem` for the first difference between media types, or between what is sent as them."""
    for media_type in found.keys() - wanted.keys():
        raise added(values.contract, node, f"the media type `{media_type}` of {what}")
    for media_type, media in wanted.items():
        if media_type not in found:
            raise lost(values.contract, node, f"the media type `{media_type}` of {what}")
        schema = Schema(values.contract, media.get("schema", True), _implied(media_type))
        values.check(schema, found[media_type], f"{what} (`{media_type}`)")


def _implied(media_type: str) -> Any:
    """The schema of all that a media type can carry."""
    kind = essence(media_type)
    if is_json(media_type) or kind in (FORM, MULTIPART):
        return True
    return {"type": "string"} if kind.startswith("text/") else {"type": "string", "format": "binary"}
