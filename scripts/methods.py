"""The methods of a client: an operation each, whose body stands in keyword arguments of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import names
from .annotation import literal, members, union
from .contract import Contract
from .models import Model
from .objects import entries
from .operations import Operation
from .runtime.client import BaseClient

if TYPE_CHECKING:
    from .dependencies import Dependency, Way

_OWN_ATTRIBUTES = {*dir(BaseClient), "base_url", "timeout"}
_MOST_OVERLOADS = 6
"""More of them would be hard to read: what they would say is only checked when the method is called."""
_ANY_WAY: list[Way] = [(frozenset(), frozenset())]


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
    body: Model | None = None
    properties: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    overloads: list[list[str]] = field(default_factory=list[list[str]])
    untyped: list[Dependency] = field(default_factory=list["Dependency"])
    """The dependencies that the overloads do not tell."""
    refusals: list[str] = field(default_factory=list[str])
    """The vendor's codes that mean that the credentials were not accepted."""

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
        _overload(contract, method)
        operation.callee = f"client.{made[operation.tag].attribute}.{method.name}"
        made[operation.tag].methods.append(method)
    return sorted(made.values(), key=lambda tag: tag.name)


def _method(operation: Operation, models: list[Model]) -> Method:
    name = names.identifier(operation.node.get("x-python-method") or operation.name)
    keywords = [
        _keyword(a.name, a.type.plain, None if a.required else a.default, a.description, a.wire_name)
        for a in operation.arguments
    ]
    made = Method(name, operation, keywords, _body(operation, models), refusals=_refusals(operation, models))
    if made.body:
        _add_properties(made, made.body)
    elif operation.body:
        _add_body(made)
    made.keywords.sort(key=lambda keyword: keyword.default is not None)
    return made


def _refusals(operation: Operation, models: list[Model]) -> list[str]:
    """The codes of `authentication` in x-error of what the operation is answered."""
    held = members(operation.anything.plain)
    errors = [entries(model.schema, "x-error") for model in models if model.name in held]
    return list(dict.fromkeys(str(code) for error in errors for code in error.get("authentication", ())))


def _add_properties(method: Method, body: Model) -> None:
    """Add the properties that may be sent, each as an argument of its own."""
    taken = {keyword.name for keyword in method.keywords} | {
        "body",
        "content_type",
        "timeout",
        "headers",
        "self",
    }
    for item in body.fields:
        if item.access != "read":
            name = item.name
            while name in taken:
                name = f"body_{name}"
            taken.add(name)
            method.properties.append((item.name, name))
            method.keywords.append(_keyword(name, item.plain, item.default, item.description))


def _add_body(method: Method) -> None:
    """Add the body as one argument, and the choice of how it is written."""
    operation = method.operation
    default, told = (
        None if operation.body_required else "UNSET",
        operation.body_description or "What is sent.",
    )
    method.keywords.append(_keyword("body", operation.body_type, default, told))
    kinds = [literal(content.media_type) for content in operation.body]
    if len(kinds) > 1:
        kind = f"Literal[{', '.join(kinds)}]"
        method.keywords.append(Keyword("content_type", kind, kinds[0], "How the body is written."))


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


def _overload(contract: Contract, method: Method) -> None:
    """Write the dependencies of presence as overloads, one after the other, as long as they are few enough."""
    operation, ways = method.operation, _ANY_WAY
    required = {argument.wire_name for argument in operation.arguments if argument.required}
    for dependency in operation.dependencies:
        found = _narrowed(ways, dependency, required)
        if found == []:
            what = f"no call fulfils `{dependency.text}` beside the other dependencies and what is required"
            raise contract.problem(operation.node["x-dependencies"], what, "correct them")
        if found is None or len(found) > _MOST_OVERLOADS:
            method.untyped.append(dependency)
        else:
            ways = found
    if len(ways) == 1:
        method.untyped = operation.dependencies
        return
    for given, absent in ways:
        free = [keyword for keyword in method.keywords if keyword.wire_name not in absent]
        method.overloads.append([k.needed if k.wire_name in given else k.written for k in free])


def _narrowed(ways: list[Way], dependency: Dependency, required: set[str]) -> list[Way] | None:
    """The ways that a dependency leaves; None where the values matter too, or where they are very many."""
    try:
        left = dependency.ways(ways) if dependency.is_of_presence else None
    except OverflowError:
        return None
    return left if left is None else [way for way in left if not way[1] & required]
