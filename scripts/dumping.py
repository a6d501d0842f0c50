"""YAML that every version of YAML reads alike."""

from __future__ import annotations

import re
from typing import Any

import yaml

from .marks import Map, Seq

_PLAIN = re.compile(r"[A-Za-z_][\w ./{}()-]*[\w.)}]|[A-Za-z]", re.ASCII)
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def _is_lines(text: str) -> bool:
    """Whether a text is lines to be read by people, the first of which shows the indentation."""
    first, *others = text.split("\n")
    return bool(first[:1].strip() and others) and all(map(str.isprintable, [first, *others]))


class _Writer(yaml.CSafeDumper):
    """Writes text in quotes, or in lines of its own, wherever any YAML version could read it as something else."""

    def text(self, data: str) -> Any:
        """The node of a text."""
        is_plain = _PLAIN.fullmatch(data) and data.lower() not in _WORDS
        style = None if is_plain else "|" if _is_lines(data) else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)  # pyright: ignore[reportUnknownMemberType] -- partly untyped in its stubs

    def ignore_aliases(self, data: Any) -> bool:
        """What stands twice is written twice."""
        return True


_Writer.add_representer(str, _Writer.text)
_Writer.add_representer(Map, _Writer.represent_dict)
_Writer.add_representer(Seq, _Writer.represent_list)


def dump(document: Any) -> str:
    """The document as YAML, keys in their order; by PyYAML, whose libyaml is the fastest writer there is."""
    return yaml.dump(document, Dumper=_Writer, width=110, sort_keys=False, allow_unicode=True)
