"""Operation Objects as Python: what a client needs to know of each call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import names
from .contract import Contract
from .dependencies import DependencyError, parse
from .runtime.guards import is_object
from .runtime.media import FORM, MULTIPART, essence, is_json
from .schemas import Schemas, Type, literal, members, union

RESERVED = {"client", "body", "content_type"}
"""Arguments that every operation has of its own."""
_BINARY = re.compile(r"application/(octet-stream|pdf|zip|gzip)|(image|audio|video|font)/.+|\*/\*")
_DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass
class Argument:
    """A parameter of an operation, and the argument that it is in Python."""

    name: str
    wire_name: str
    location: str
    type: Type
    required: bool
    default: str | None
    description: str
    style: str
    explode: bool
    content: str | None
    allow_reserved: bool
    node: Any


@dataclass
class Content:
    """One media type of a request or response, and the type of its value."""

    media_type: str
    type: Type


@dataclass
class Answer:
    """A documented response."""

    status: str
    description: str
    content: list[Content]
    not_processed: bool


@dataclass
class Operation:
    """One call."""

    name: str
    tag: str
    method: str
    path: str
    node: Any
    summary: str
    description: str
    url: str
    arguments: list[Argument] = field(default_factory=list[Argument])
    body: list[Content] = field(default_factory=list[Content])
    body_required: bool = False
    body_description: str = ""
    encodings: dict[str, str] = field(default_factory=dict[str, str])
    answers: list[Answer] = field(default_factory=list[Answer])
    security: list[list[str]] = field(default_factory=list[list[str]])
    dependencies: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    server: str | None = None
    failures: set[str] = field(default_factory=set[str])

    @property
    def success(self) -> Type:
        """What the operation gives when it succeeds."""
        whole = self._together([item for item in self.answers if item.status[0] == "2"] or self._default())
        kept = [member for member in members(whole.plain) if member not in self.failures]
        return Type(union(*kept), union(*kept)) if kept else whole

    @property
    def anything(self) -> Type:
        """What any documented answer holds; None where one has no content or where a failure is not as documented."""
        return self._together(self.answers) | Type("None", "None")

    @property
    def body_type(self) -> str:
        """The type of the argument `body`."""
        return union(*(content.type.plain for content in self.body))

    @property
    def annotations(self) -> str:
        """All annotations of the operation, to find the models in."""
        types = [a.type for a in self.arguments] + [content.type for content in self.body]
        return " ".join(kind.full for kind in [*types, self.anything, self.success])

    def _default(self) -> list[Answer]:
        return [item for item in self.answers if item.status == "default"]

    @staticmethod
    def _together(answers: list[Answer]) -> Type:
        texts = [content.type.plain for answer in answers for content in answer.content]
        empty = not all(answer.content for answer in answers) or not answers
        text = union(*texts, *(["None"] if empty else []))
        return Type(text, text)


def operations(contract: Contract, schemas: Schemas) -> list[Operation]:
    """All operations of a contract, registering what they send and receive; types follow when schemas are finished."""
    readers = [_Reader(contract, schemas, *found) for found in contract.operations()]
    for reader in readers:
        reader.register()
    made = [reader.read() for reader in readers]
    _named(contract, made)
    return made


def _named(contract: Contract, made: list[Operation]) -> None:
    """Give each operation its name within its tag, and each tag its name."""
    tags = {tag["name"]: tag.get("x-python-name") for tag in contract.document.get("tags") or ()}
    used = list(dict.fromkeys(operation.tag for operation in made))
    folders = dict(
        zip(used, names.distinct(used, [tags.get(tag) or names.snake(tag) for tag in used]), strict=True)
    )
    for tag in used:
        members = [operation for operation in made if operation.tag == tag]
        ids = [operation.name for operation in members]
        chosen = names.distinct(
            ids, [operation.node.get("x-python-name") or names.snake(operation.name) for operation in members]
        )
        for operation, name in zip(members, chosen, strict=True):
            if chosen.count(name) > 1:
                what = f"two operations of the tag `{tag}` are both `{name}` in Python"
                raise contract.problem(
                    operation.node, what, "give one of them another x-python-name by an overlay"
                )
            operation.name, operation.tag = name, folders[tag]
    if len(set(folders.values())) < len(folders):
        what = f"the tags {', '.join(f'`{tag}`' for tag in folders)} are not distinct in Python"
        raise contract.problem(
            contract.document.get("tags"), what, "give one of them another x-python-name by an overlay"
        )


class _Reader:
    """Reads one operation."""

    def __init__(
        self, contract: Contract, schemas: Schemas, path: str, method: str, item: Any, node: Any
    ) -> None:
        self.contract, self.schemas = contract, schemas
        self.path, self.method, self.item, self.node = path, method, item, node
        self.name: str = node.get("operationId") or f"{method} {path}"
        self.hint = names.pascal(node.get("x-python-name") or self.name)

    # Registering

    def register(self) -> None:
        """Tell the schemas what this operation sends and receives."""
        for parameter in self._parameters():
            schema = self._parameter_schema(parameter)[0]
            self.schemas.register(schema, names.pascal(self.hint, parameter["name"]), "request")
        for media_type, media in self._body_content().items():
            binary = essence(media_type) == MULTIPART or self._is_binary(media_type, media)
            self.schemas.register(media.get("schema", True), self._hint("request"), "request", binary=binary)
        for status, response in self._responses().items():
            for media in (response.get("content") or {}).values():
                kind = "response" if status.startswith("2") else f"response{status}"
                self.schemas.register(media.get("schema", True), self._hint(kind), "answer")

    def _hint(self, kind: str) -> str:
        return names.pascal(self.hint, kind)

    def _parameters(self) -> list[Any]:
        found: dict[tuple[str, str], Any] = {}
        for owner in (self.item, self.node):
            for node in owner.get("parameters") or ():
                parameter = self.contract.resolve(node)
                if not self._is_ignored(parameter):
                    found[parameter["in"], parameter["name"]] = parameter
        return list(found.values())

    @staticmethod
    def _is_ignored(parameter: Any) -> bool:
        """OpenAPI: header parameters of these names are to be ignored, for the document says elsewhere what they are."""
        return parameter["in"] == "header" and parameter["name"].lower() in (
            "accept",
            "content-type",
            "authorization",
        )

    def _body_content(self) -> dict[str, Any]:
        body = self.contract.resolve(self.node.get("requestBody") or {})
        content: dict[str, Any] = body.get("content") or {}
        return content

    def _responses(self) -> dict[str, Any]:
        return {
            status: self.contract.resolve(node)
            for status, node in self.node["responses"].items()
            if status[:2] != "x-"
        }

    # Reading

    def read(self) -> Operation:
        """The operation, now that all models have names."""
        tags = self.node.get("tags") or ["default"]
        docs = (self.node.get("externalDocs") or {}).get("url") or ""
        made = Operation(self.name, tags[0], self.method.upper(), self.path, self.node, "", "", docs)
        made.summary, made.description = (
            self.node.get("summary") or self.name,
            self.node.get("description") or "",
        )
        made.arguments = self._arguments()
        self._read_body(made)
        responses = sorted(
            self._responses().items(), key=lambda item: (item[0] == "default", "XX" in item[0], item[0])
        )
        made.answers = [self._answer(status, response) for status, response in responses]
        made.security = self._security()
        made.failures = {model.name for model in self.schemas.models.values() if model.is_failure}
        made.dependencies = [self._dependency(text, made) for text in self.node.get("x-dependencies") or ()]
        servers = self.node.get("servers") or self.item.get("servers")
        made.server = server_url(servers[0]) if servers else None
        return made

    def _arguments(self) -> list[Argument]:
        parameters = self._parameters()
        wire = [parameter["name"] for parameter in parameters]
        wishes = [parameter.get("x-python-name") or _argument(parameter["name"]) for parameter in parameters]
        keys = [f"{parameter['name']} {parameter['in']}" for parameter in parameters]
        located = [names.snake(key) if wishes.count(wish) > 1 and _same_name(wire, index) else wish
                   for index, (key, wish) in enumerate(zip(keys, wishes, strict=True))]  # fmt: skip
        chosen = names.distinct(wire, located)
        for parameter, name in zip(parameters, chosen, strict=True):
            if chosen.count(name) > 1:
                what = f"the parameters {_listed(wire, chosen, name)} are both `{name}` in Python"
                raise self.contract.problem(
                    parameter, what, "give one of them another x-python-name by an overlay"
                )
        made = [self._argument(parameter, name) for parameter, name in zip(parameters, chosen, strict=True)]
        order = {"path": 0, "query": 1, "header": 2, "cookie": 3}
        variables = re.findall(r"\{([^{}]*)\}", self.path)
        return sorted(
            made,
            key=lambda a: (order[a.location], variables.index(a.wire_name) if a.location == "path" else 0),
        )

    def _argument(self, parameter: Any, name: str) -> Argument:
        schema, content = self._parameter_schema(parameter)
        location: str = parameter["in"]
        kind = self.schemas.annotation(schema)
        style = parameter.get("style") or _DEFAULT_STYLES[location]
        explode: bool = parameter.get("explode", style == "form")
        if content is None:
            self._check_style(parameter, schema, style, explode)
        required = parameter.get("required") is True
        said = schema.get("default") if is_object(schema) else None
        effective = self.schemas.effective(schema)
        said = effective.get("default") if said is None and is_object(effective) else said
        default = (
            None
            if required
            else (self.schemas.default(schema, said) if said is not None else None) or "UNSET"
        )
        text = _sentence(parameter.get("description") or "")
        if said is not None and default in (None, "UNSET"):
            text = f"{text} Default: {literal(said)}.".strip()
        return Argument(name, parameter["name"], location, kind, required, default, text, style, explode, content,
                        parameter.get("allowReserved") is True, parameter)  # fmt: skip

    def _parameter_schema(self, parameter: Any) -> tuple[Any, str | None]:
        content: Mapping[str, Any] = parameter.get("content") or {}
        for media_type, media in content.items():
            if not (is_json(media_type) or essence(media_type) == "text/plain"):
                what = f"the parameter `{parameter['name']}` has the unsupported media type `{media_type}`"
                raise self.contract.problem(
                    parameter, what, "use application/json or text/plain, by an overlay"
                )
            return media.get("schema", True), media_type
        return parameter["schema"], None

    def _check_style(self, parameter: Any, schema: Any, style: str, explode: bool) -> None:
        """Refuse what OpenAPI does not define, for nobody could know what to send."""
        kinds = self._value_kinds(schema)
        nested = {kind for part in self._parts(schema) for kind in self._value_kinds(part)} & {
            "array",
            "object",
        }
        wrong = ""
        if style == "deepObject" and (
            kinds - {"null"} != {"object"} or not explode and "explode" in parameter
        ):
            wrong = "deepObject is defined for exploded objects only"
        elif style in ("spaceDelimited", "pipeDelimited") and (
            explode or not kinds - {"null"} <= {"array", "object"}
        ):
            wrong = f"{style} is defined for arrays and objects that are not exploded only"
        elif nested:
            wrong = "a nested array or object has no defined form; describe the parameter by `content`"
        if wrong:
            what = f"the {parameter['in']} parameter `{parameter['name']}` ({style}, explode: {str(explode).lower()}): {wrong}"
            raise self.contract.problem(parameter, what, "correct it by an overlay")

    def _value_kinds(self, node: Any) -> set[str]:
        schema = self.schemas.effective(node)
        if not is_object(schema):
            return set()
        if options := self.schemas.options(schema):
            return {kind for option in options for kind in self._value_kinds(option)}
        return self.schemas.kinds(schema)

    def _parts(self, node: Any) -> list[Any]:
        schema = self.schemas.effective(node)
        if not is_object(schema):
            return []
        parts = [part for option in self.schemas.options(schema) for part in self._parts(option)]
        rest = schema.get("additionalProperties")
        return [
            *parts,
            *(schema.get("properties") or {}).values(),
            *(part for part in (schema.get("items"), rest) if part),
        ]

    def _read_body(self, made: Operation) -> None:
        body = self.contract.resolve(self.node.get("requestBody") or {})
        made.body_required = body.get("required") is True
        made.body_description = _sentence(body.get("description") or "")
        for media_type, media in self._body_content().items():
            kind = self._body_type(media_type, media)
            made.body.append(Content(media_type, kind))
            for name, encoding in (media.get("encoding") or {}).items():
                made.encodings[name] = _encoding(encoding)

    def _body_type(self, media_type: str, media: Any) -> Type:
        schema, kind = media.get("schema", True), essence(media_type)
        if is_json(media_type):
            return self.schemas.annotation(schema)
        if kind in (FORM, MULTIPART):
            if self._value_kinds(schema) - {"null"} != {"object"}:
                raise self.contract.problem(
                    media, f"a body of `{media_type}` is not an object", "describe its fields"
                )
            return self.schemas.annotation(schema)
        if kind.startswith("text/") and self._value_kinds(schema) <= {"string"}:
            return self.schemas.annotation(schema) if self._value_kinds(schema) else Type("str", "str")
        if self._is_binary(media_type, media):
            return Type("File | bytes", "File | bytes")
        what = f"the request body has the unsupported media type `{media_type}`"
        raise self.contract.problem(
            media, what, "use JSON, a form, multipart/form-data, text or bytes, by an overlay"
        )

    def _is_binary(self, media_type: str, media: Any) -> bool:
        return bool(_BINARY.fullmatch(essence(media_type))) and self._value_kinds(
            media.get("schema", True)
        ) <= {"string"}

    def _answer(self, status: str, response: Any) -> Answer:
        content = [
            Content(kind, self._answer_type(kind, media))
            for kind, media in (response.get("content") or {}).items()
        ]
        return Answer(
            status,
            _sentence(response.get("description") or ""),
            content,
            response.get("x-not-processed") is True,
        )

    def _answer_type(self, media_type: str, media: Any) -> Type:
        schema = media.get("schema", True)
        if is_json(media_type):
            return self.schemas.annotation(schema)
        if essence(media_type).startswith("text/") and self._value_kinds(schema) <= {"string"}:
            return Type("str", "str")
        if self._is_binary(media_type, media):
            return Type("bytes", "bytes")
        what = f"the response has the unsupported media type `{media_type}`"
        raise self.contract.problem(media, what, "use JSON, text or bytes, by an overlay")

    def _security(self) -> list[list[str]]:
        said = self.node.get("security", self.contract.document.get("security")) or []
        known = (self.contract.document.get("components") or {}).get("securitySchemes") or {}
        for requirement in said:
            for scheme in requirement:
                if scheme not in known:
                    what = f"the security scheme `{scheme}` is not declared"
                    raise self.contract.problem(self.node, what, "declare it in components.securitySchemes")
        return [sorted(requirement) for requirement in said]

    def _dependency(self, text: Any, made: Operation) -> tuple[str, str]:
        try:
            dependency = parse(str(text))
        except DependencyError as error:
            raise self.contract.problem(
                self.node["x-dependencies"], f"`{text}`: {error}", "correct it"
            ) from None
        known = {argument.wire_name for argument in made.arguments}
        for name in dependency.names:
            if name not in known:
                what = f"`{text}` names `{name}`, which is no parameter of the operation"
                todo = f"choose from {', '.join(sorted(known)) or 'none'}"
                raise self.contract.problem(self.node["x-dependencies"], what, todo)
        return dependency.text, dependency.expression("given")


def server_url(server: Any) -> str:
    """The URL of a Server Object with the defaults of its variables."""
    url: str = server["url"]
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace("{%s}" % name, str(variable["default"]))
    return url.rstrip("/")


def _argument(name: str) -> str:
    wish = names.snake(name)
    return f"{wish}_" if wish in RESERVED else wish


def _same_name(wire: list[str], index: int) -> bool:
    """Whether another parameter has the very same name, in another place."""
    return wire.count(wire[index]) > 1


def _listed(wire: list[str], chosen: list[str], name: str) -> str:
    return " and ".join(f"`{given}`" for given, other in zip(wire, chosen, strict=True) if other == name)


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _encoding(encoding: Any) -> str:
    said = {"content_type": encoding.get("contentType"), "style": encoding.get("style"),
            "explode": encoding.get("explode"), "allow_reserved": encoding.get("allowReserved")}  # fmt: skip
    if said["style"] is None and (said["explode"] is not None or said["allow_reserved"] is not None):
        said["style"] = "form"
    if said["style"] not in (None, "form") and said["explode"] is None:
        said["explode"] = said["style"] == "deepObject"
    return (
        "Encoding("
        + ", ".join(f"{key}={literal(value)}" for key, value in said.items() if value is not None)
        + ")"
    )
