"""Operation Objects as Python: what a client needs to know of each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import names
from .annotation import Type, members, union
from .contents import Content, answer_type, body_type, encodings, has_files
from .contract import Contract
from .document import problem as located
from .naming import python_names
from .objects import entries
from .parameters import Argument, arguments, described, parameters
from .problem import Problem
from .runtime.operation import IDEMPOTENT
from .schemas import Schemas
from .security import slot
from .servers import server_url
from .values import Values

if TYPE_CHECKING:
    from .dependencies import Dependency


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
    answers: list[Answer] = field(default_factory=list[Answer])
    security: list[list[str]] = field(default_factory=list[list[str]])
    dependencies: list[Dependency] = field(default_factory=list["Dependency"])
    server: str | None = None
    failures: set[str] = field(default_factory=set[str])
    ask: Operation | None = None
    callee: str = ""
    """How a user writes its method, such as `client.things.get`."""

    @property
    def is_idempotent(self) -> bool:
        """Whether a request that is sent twice does what one does."""
        return self.node.get("x-idempotent", self.method in IDEMPOTENT) is True

    @property
    def not_processed(self) -> list[str]:
        """The statuses that say that nothing was carried out."""
        return [answer.status for answer in self.answers if answer.not_processed]

    @property
    def success(self) -> Type:
        """What the operation gives when it succeeds."""
        whole = self._together([item for item in self.answers if item.status[0] == "2"] or self._default())
        kept = [member for member in members(whole.plain) if member not in self.failures]
        return Type(union(*kept), union(*kept)) if kept else whole

    @property
    def anything(self) -> Type:
        """What any documented answer holds; None where one has no content or where a failure is not as documented."""
        whole = union(self._together(self.answers).plain, "None")
        return Type(whole, whole)

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
    for operation in made:
        operation.ask = _asked(contract, operation, made)
    return made


def _asked(contract: Contract, operation: Operation, made: list[Operation]) -> Operation | None:
    """The operation that can tell whether a call was carried out."""
    wanted = operation.node.get("x-ask")
    found = next((other for other in made if other.node.get("operationId") == wanted), None)
    if wanted is not None and found is None:
        what = f"`x-ask` names `{wanted}`, which is no operation"
        raise contract.problem(operation.node, what, "write the operationId of one")
    return found


def _named(contract: Contract, made: list[Operation]) -> None:
    """Give each operation its name within its tag, and each tag its name."""
    tags = {tag["name"]: tag for tag in contract.document.get("tags") or ()}
    used = list(dict.fromkeys(operation.tag for operation in made))
    place = contract.document.get("tags") or contract.document
    nodes = [tags.get(tag) for tag in used]
    folders = python_names(contract, place, "tags", nodes, used, list(map(names.snake, used)))
    for tag, folder in zip(used, folders, strict=True):
        members = [operation for operation in made if operation.tag == tag]
        ids = [operation.name for operation in members]
        nodes = [operation.node for operation in members]
        chosen = python_names(contract, nodes[-1], "operations", nodes, ids, list(map(names.snake, ids)))
        for operation, name in zip(members, chosen, strict=True):
            operation.name, operation.tag = name, folder


def dependencies(contract: Contract, node: Any, parameters: list[Any]) -> list[Dependency]:
    """The dependencies between parameters of an operation."""
    texts: list[Any] = node.get("x-dependencies") or []
    return [dependency(contract, texts, index, parameters) for index in range(len(texts))]


def dependency(contract: Contract, texts: list[Any], index: int, parameters: list[Any]) -> Dependency:
    """One of the texts of an x-dependencies; raises `Problem` where it is none, or names no parameter."""
    from .dependencies import DependencyError, parse  # its grammar takes long to load

    def problem(what: str, todo: str) -> Problem:
        at = f"{contract.pointers[id(texts)]}/{index}"
        return located(contract.document, at, f"`{texts[index]}`{what}", todo)

    try:
        parsed = parse(str(texts[index]))
    except DependencyError as error:
        raise problem(f": {error}", "correct it") from None
    known = {parameter["name"] for parameter in parameters}
    for name in parsed.names:
        if name not in known:
            what = f" names `{name}`, which is no parameter of the operation"
            raise problem(what, f"choose from {', '.join(sorted(known)) or 'none'}")
    return parsed


class _Reader:
    """Reads one operation."""

    def __init__(
        self, contract: Contract, schemas: Schemas, path: str, method: str, item: Any, node: Any
    ) -> None:
        self.contract, self.schemas, self.values = contract, schemas, Values(schemas)
        self.path, self.method, self.item, self.node = path, method, item, node
        self.name: str = node.get("operationId") or f"{method} {path}"
        self.hint = names.pascal(node.get("x-python-name") or self.name)
        self.parameters = parameters(contract, item, node)

    # Registering

    def register(self) -> None:
        """Tell the schemas what this operation sends and receives."""
        for parameter in self.parameters:
            schema, _ = described(self.contract, parameter)
            self.schemas.register(schema, names.pascal(self.hint, parameter["name"]), "request")
        for media_type, media in self._body_content().items():
            binary = has_files(self.schemas, media_type, media)
            self.schemas.register(media.get("schema", True), self._hint("request"), "request", binary=binary)
        for status, response in self._responses().items():
            for media_type, media in entries(response, "content").items():
                kind = "response" if status.startswith("2") else f"response{status}"
                binary = has_files(self.schemas, media_type, media)
                self.schemas.register(media.get("schema", True), self._hint(kind), "answer", binary=binary)

    def _hint(self, kind: str) -> str:
        return names.pascal(self.hint, kind)

    def _body_content(self) -> dict[str, Any]:
        body = self.contract.resolve(self.node.get("requestBody") or {})
        return entries(body, "content")

    def _responses(self) -> dict[str, Any]:
        return {
            status: self.contract.described(node)
            for status, node in self.node["responses"].items()
            if status[:2] != "x-"
        }

    # Reading

    def read(self) -> Operation:
        """The operation, now that all models have names."""
        tags = self.node.get("tags") or ["default"]
        docs = str(entries(self.node, "externalDocs").get("url") or "")
        made = Operation(self.name, tags[0], self.method.upper(), self.path, self.node, "", "", docs)
        made.summary, made.description = (
            self.node.get("summary") or self.name,
            self.node.get("description") or "",
        )
        made.dependencies = dependencies(self.contract, self.node, self.parameters)
        dependent = {name for each in made.dependencies for name in each.names}
        made.arguments = arguments(self.values, self.path, self.node, self.parameters, dependent)
        self._read_body(made)
        responses = sorted(
            self._responses().items(), key=lambda item: (item[0] == "default", "XX" in item[0], item[0])
        )
        made.answers = [self._answer(status, response) for status, response in responses]
        made.security = self._security()
        made.failures = {model.name for model in self.schemas.models.values() if model.is_failure}
        servers = self.node.get("servers") or self.item.get("servers")
        made.server = server_url(self.contract, servers[0]) if servers else None
        return made

    def _read_body(self, made: Operation) -> None:
        body = self.contract.described(self.node.get("requestBody") or {})
        made.body_required = body.get("required") is True
        made.body_description = _sentence(body.get("description") or "")
        for media_type, media in self._body_content().items():
            kind = body_type(self.values, media_type, media)
            made.body.append(Content(media_type, kind, encodings(self.values, media_type, media)))

    def _answer(self, status: str, response: Any) -> Answer:
        content = [
            Content(kind, answer_type(self.values, kind, media))
            for kind, media in entries(response, "content").items()
        ]
        return Answer(
            status,
            _sentence(response.get("description") or ""),
            content,
            response.get("x-not-processed") is True,
        )

    def _security(self) -> list[list[str]]:
        said: list[Any] = self.node.get("security", self.contract.document.get("security")) or []
        known = entries(self.contract.document, "components", "securitySchemes")
        for requirement in said:
            taken = {slot(node): "a parameter" for node in self.parameters}
            for scheme in requirement:
                if scheme not in known:
                    what = f"the security scheme `{scheme}` is not declared"
                    raise self.contract.problem(self.node, what, "declare it in components.securitySchemes")
                at, told = slot(self.contract.resolve(known[scheme])), f"the security scheme `{scheme}`"
                if at and (other := taken.setdefault(at, told)) != told:
                    what = f"{told} and {other} are both the {at[0]} `{at[1]}`"
                    raise self.contract.problem(self.node, what, "remove one of them by an overlay")
        return [sorted(requirement) for requirement in said]


def _sentence(text: str) -> str:
    return " ".join(text.split())
