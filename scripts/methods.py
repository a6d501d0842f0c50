"""The methods of a client: an operation each, whose body stands in keyword arguments of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from . import names
from .annotation import literal, union
from .contract import Contract
from .models import Model
from .operations import Operation
from .runtime.client import BaseClient

_OWN_ATTRIBUTES = {*dir(BaseClient), "base_url", "timeout"}
_MOST_OVERLOADS = 6
"""Ways to give parameters that depend on each other; more would be hard to read, and are only checked at run time."""


@dataclass
class Keyword:
    """A keyword argument; `default` is None where it must be given, `wire_name` that of a parameter."""

    name: str
    annotation: str
    default: str | None
    description: str
    wire_name: str = ""

    @property
    def written(self) -> str:
        """The argument as it stands in a signature."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default is not None else "")

    @property
    def needed(self) -> str:
        """The argument where it must be given."""
        return f"{self.name}: {self.annotation.removesuffix(' | Unset')}"


@dataclass
class Method:
    """A method: its arguments, and which of them are properties of the body."""

    name: str
    operation: Operation
    keywords: list[Keyword]
    path: str = ""
    """How a user writes it."""
    body: Model | None = None
    properties: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    overloads: list[list[str]] = field(default_factory=list[list[str]])

    @property
    def constant(self) -> str:
        """What the operation is called in the module of the tag."""
        return f"_{self.operation.name.upper()}"


@dataclass
class Tag:
    """The operations of one tag."""

    name: str
    attribute: str
    class_name: str
    description: str
    methods: list[Method]

    @property
    def annotations(self) -> str:
        """All annotations in the signatures of the methods, and the classes of the bodies."""
        words = [keyword.annotation for method in self.methods for keyword in method.keywords]
        words += [method.operation.success.plain for method in self.methods]
        return " ".join([*words, *(method.body.name for method in self.methods if method.body)])


def tags(contract: Contract, operations: list[Operation], models: list[Model]) -> list[Tag]:
    """The tags of a contract with their methods; raises `Problem` where two methods have one name."""
    told = {tag["name"]: str(tag.get("description") or "") for tag in contract.document.get("tags") or ()}
    made: dict[str, Tag] = {}
    taken = {model.name for model in models}
    for operation in operations:
        if operation.tag not in made:
            said = (operation.node.get("tags") or ["default"])[0]
            attribute = f"{operation.tag}_" if operation.tag in _OWN_ATTRIBUTES else operation.tag
            name = names.pascal(operation.tag)
            while {name, f"Async{name}"} & taken:
                name = f"{name}Operations"
            taken |= {name, f"Async{name}"}
            made[operation.tag] = Tag(operation.tag, attribute, name, told.get(said, ""), [])
        method = _method(operation, models)
        if method.name in [other.name for other in made[operation.tag].methods]:
            what = f"two operations of the tag `{operation.tag}` have the method `{method.name}`"
            raise contract.problem(operation.node, what, "give one another x-python-method by an overlay")
        method.path = f"Client.{made[operation.tag].attribute}.{method.name}"
        made[operation.tag].methods.append(method)
    return sorted(made.values(), key=lambda tag: tag.name)


def _method(operation: Operation, models: list[Model]) -> Method:
    keywords = [
        _keyword(a.name, a.type.plain, None if a.required else a.default, a.description, a.wire_name)
        for a in operation.arguments
    ]
    body, properties = _body(operation, models), list[tuple[str, str]]()
    taken = {keyword.name for keyword in keywords} | {"body", "content_type", "timeout", "headers", "self"}
    for item in body.fields if body else ():
        if item.access != "read":
            name = item.name
            while name in taken:
                name = f"body_{name}"
            taken.add(name)
            properties.append((item.name, name))
            keywords.append(_keyword(name, item.plain, item.default, item.description))
    if operation.body and not body:
        default, told = (
            None if operation.body_required else "UNSET",
            operation.body_description or "What is sent.",
        )
        keywords.append(_keyword("body", operation.body_type, default, told))
        kinds = [literal(content.media_type) for content in operation.body]
        if len(kinds) > 1:
            told = "How the body is written."
            keywords.append(Keyword("content_type", f"Literal[{', '.join(kinds)}]", kinds[0], told))
    keywords.sort(key=lambda keyword: keyword.default is not None)
    name = operation.node.get("x-python-method") or operation.name
    made = Method(names.identifier(name), operation, keywords, body=body, properties=properties)
    ways = _ways(operation)
    dependent = {wire_name for way in ways for names in way for wire_name in names}
    for must, may in ways:
        free = [keyword for keyword in keywords if keyword.wire_name not in dependent - must - may]
        made.overloads.append([k.needed if k.wire_name in must else k.written for k in free])
    return made


def _keyword(name: str, kind: str, default: str | None, told: str, wire_name: str = "") -> Keyword:
    return Keyword(name, kind if default is None else union(kind, "Unset"), default, told, wire_name)


def _body(operation: Operation, models: list[Model]) -> Model | None:
    """The model of the body whose properties become arguments: the only one that it can be."""
    kinds = {content.type.plain for content in operation.body}
    model = next((model for model in models if {model.name} == kinds), None)
    if model is None or len(operation.body) > 1:
        return None
    is_optional = all(item.default is not None for item in model.fields)
    return model if operation.body_required or is_optional else None


def _ways(operation: Operation) -> list[tuple[set[str], set[str]]]:
    """The ways to give parameters that depend on each other: which must be given, and which may be.

    None where the values matter too, or where the ways are too many to be read.
    """
    presence = [each for each in operation.dependencies if each.is_of_presence]
    known = list(dict.fromkeys(name for each in presence for name in each.names))
    if not known or len(known) > 4:
        return []
    subsets = [set(chosen) for size in range(len(known) + 1) for chosen in combinations(known, size)]
    required = {a.wire_name for a in operation.arguments if a.required}
    fine = [
        given
        for given in subsets
        if required & set(known) <= given and all(each.holds(dict.fromkeys(given, 1)) for each in presence)
    ]
    ways: list[tuple[set[str], set[str]]] = []
    for given in fine:
        if not any(least <= given <= least | more for least, more in ways):
            more: set[str] = set()
            for name in known:
                wider = [given | set(part) for part in _subsets(more | ({name} - given))]
                if name not in given and all(each in fine for each in wider):
                    more.add(name)
            ways.append((given, more))
    return ways if 1 < len(ways) <= _MOST_OVERLOADS else []


def _subsets(items: set[str]) -> Iterator[tuple[str, ...]]:
    ordered = sorted(items)
    for size in range(len(ordered) + 1):
        yield from combinations(ordered, size)
