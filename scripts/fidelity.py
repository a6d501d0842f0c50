"""Whether a rendered client holds everything that its contract says.

Reads the contract on one side and imports the rendered package on the other; shares nothing with what rendered it
but the runtime. Whatever is missing, weaker or other than the contract has it is an error that names it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from .contract import Contract
from .problem import Problem
from .runtime.guards import is_array, is_object

_ALIAS = "_rendered_clients"
_KEYWORDS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_KINDS = {"string": {"str", "datetime", "date", "File", "bytes"}, "integer": {"int"}, "number": {"float", "int"},
          "boolean": {"bool"}, "null": {"NoneType"}, "array": {"list"}, "object": {"dict", "Model"}}  # fmt: skip


def verify(package: Path, contracts: Mapping[str, Contract]) -> None:
    """Raise a `Problem` for the first thing of a contract that its rendered client in `package` lacks."""
    with _imported(package) as root:
        for vendor, contract in contracts.items():
            _Vendor(contract, root, vendor, package / vendor).verify()


@contextmanager
def _imported(package: Path) -> Iterator[str]:
    """The package under a name of its own, for as long as it is looked at."""
    spec = importlib.util.spec_from_file_location(
        _ALIAS, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:  # pragma: no cover -- a path to a file always has a loader
        raise ImportError(str(package))
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.modules[_ALIAS] = module
    try:
        spec.loader.exec_module(module)
        yield _ALIAS
    finally:
        sys.dont_write_bytecode = before
        for name in [name for name in sys.modules if name == _ALIAS or name.startswith(_ALIAS + ".")]:
            del sys.modules[name]


class _Vendor:
    """One rendered client beside its contract."""

    def __init__(self, contract: Contract, root: str, vendor: str, folder: Path) -> None:
        self.contract, self.document = contract, contract.document
        self.name, self.folder = f"{root}.{vendor}", folder
        self.compared: set[tuple[int, Any]] = set()
        self.prose: dict[str, dict[str, str]] = {}

    def lost(self, node: Any, what: str) -> Problem:
        """The problem that the client lacks something of the contract."""
        return self.contract.problem(node, f"the client loses {what}", "mend the templates or the lowering")

    def verify(self) -> None:
        """Compare everything."""
        try:
            operations = dict(self._operations())
            client = importlib.import_module(f"{self.name}.client")
        except Exception as error:
            what = f"the rendered client cannot be imported ({type(error).__name__}: {error})"
            raise self.contract.problem(self.document, what, "mend the templates") from error
        for path, method, item, node in self.contract.operations():
            module = operations.get((method.upper(), path))
            if module is None:
                raise self.lost(node, f"the operation `{method.upper()} {path}`")
            self._operation(item, node, module)
        self._client(client)

    def _operations(self) -> Iterator[tuple[tuple[str, str], ModuleType]]:
        for path in sorted((self.folder / "api").glob("*/*.py")):
            if path.stem != "__init__":
                module = importlib.import_module(f"{self.name}.api.{path.parent.name}.{path.stem}")
                yield (module.OPERATION.method, module.OPERATION.path), module

    # Operations

    def _operation(self, item: Any, node: Any, module: ModuleType) -> None:
        doc = _plain(module.sync.__doc__ or "")
        for key in ("summary", "description"):
            self._told(node, node.get(key), doc, f"the {key} of the operation")
        declared = {
            (p["in"], p["name"]): p
            for owner in (item, node)
            for p in map(self.contract.resolve, owner.get("parameters") or ())
        }
        wanted = {key: p for key, p in declared.items() if not _ignored(p)}
        found = {
            (p.location, p.name): (p, name)
            for p, name in zip(module.OPERATION.parameters, sent(module), strict=True)
        }
        for key, parameter in wanted.items():
            if key not in found:
                raise self.lost(parameter, f"the {key[0]} parameter `{key[1]}`")
            self._parameter(parameter, *found[key], module, doc)
        if extra := found.keys() - wanted.keys():
            raise self.lost(node, f"the truth: it has a parameter {sorted(extra)[0]} that the contract lacks")
        self._body(node, module)
        self._responses(node, module, doc)
        security = [sorted(each) for each in node.get("security", self.document.get("security")) or []]
        if [sorted(each) for each in module.OPERATION.security] != security:
            raise self.lost(node, f"the security requirements {security}")
        if len(module.OPERATION.dependencies) != len(node.get("x-dependencies") or ()):
            raise self.lost(node, "an inter-parameter dependency")

    def _parameter(self, node: Any, sent: Any, name: str, module: ModuleType, doc: str) -> None:
        what = f"the {node['in']} parameter `{node['name']}`"
        self._told(node, node.get("description"), doc, f"the description of {what}")
        style = node.get("style") or {"path": "simple", "header": "simple"}.get(node["in"], "form")
        explode = node.get("explode", style == "form")
        media = next(iter(node.get("content") or ()), None)
        said = (sent.required, sent.content, sent.allow_reserved) + (
            (sent.style, sent.explode) if media is None else ()
        )
        want = (node.get("required") is True, media, node.get("allowReserved") is True) + (
            (style, explode) if media is None else ()
        )
        if said != want:
            raise self.lost(node, f"how {what} is sent: {want}, not {said}")
        schema = node["content"][media].get("schema", True) if media else node["schema"]
        self._value(schema, sent.type, what, "request")
        default = self._keyword(schema, "default")
        hidden = is_array(default) or is_object(default)
        for function in _functions(module):
            given = inspect.signature(function).parameters.get(name)
            if given is None or (given.default is inspect.Parameter.empty) != (node.get("required") is True):
                raise self.lost(node, f"that {what} is required or not, in `{function.__name__}`")
            if (
                default is not None
                and not hidden
                and not sent.required
                and not _same_default(given.default, default)
            ):
                raise self.lost(node, f"the default {default!r} of {what}")
        if (
            hidden
            and _plain(f"Default: {default}".replace("'", '"')) not in doc.replace("'", '"')
            and not sent.required
        ):
            raise self.lost(node, f"the default {default!r} of {what}")
        hints = get_type_hints(module.sync)
        if name in hints and not _agrees(_stripped(hints[name]), _stripped(sent.type)):
            raise self.lost(node, f"the type of {what} in the signature")

    def _body(self, node: Any, module: ModuleType) -> None:
        body = self.contract.resolve(node.get("requestBody") or {})
        content: Mapping[str, Any] = body.get("content") or {}
        sent = module.OPERATION.body
        if set(content) != set(sent.types if sent else ()):
            raise self.lost(body or node, f"a media type of the request body: {', '.join(content)}")
        if not content:
            return
        if sent.required != (body.get("required") is True):
            raise self.lost(body, "whether the body is required")
        for media_type, media in content.items():
            if not _is_bytes(sent.types[media_type]):
                self._value(
                    media.get("schema", True), sent.types[media_type], f"the body `{media_type}`", "request"
                )
            for name in media.get("encoding") or {}:
                if name not in sent.encodings:
                    raise self.lost(media, f"the encoding of `{name}`")

    def _responses(self, node: Any, module: ModuleType, doc: str) -> None:
        known = module.OPERATION.responses
        for status, reference in node["responses"].items():
            if status.startswith("x-"):
                continue
            response = self.contract.resolve(reference)
            self._told(
                response, response.get("description"), doc, f"the description of the response {status}"
            )
            content = response.get("content") or {}
            if status not in known or set(known[status]) != set(content):
                raise self.lost(response, f"the response {status} or a media type of it")
            for media_type, media in content.items():
                if not _is_bytes(known[status][media_type]):
                    self._value(
                        media.get("schema", True),
                        known[status][media_type],
                        f"the response {status}",
                        "answer",
                    )

    # Values

    def _value(self, node: Any, hint: Any, what: str, way: str, *, part: bool = False) -> None:
        """Check that the annotation `hint` says all that the schema `node` does."""
        key = (id(node), repr(hint) if not isinstance(hint, type) else hint)
        if not is_object(node) or key in self.compared:
            return
        self.compared.add(key)
        if "$ref" in node:
            self._value(self.contract.resolve(node), hint, what, way, part=part)
        for each in node.get("allOf") or ():
            self._value(each, hint, what, way, part=True)
        members, rules = _members(hint)
        for keyword in ("oneOf", "anyOf"):
            options: list[Any] = node.get(keyword) or []
            if options and not all(
                set(option) <= {"required", "type"} for option in map(self.contract.resolve, options)
            ):
                self._options(node, options, hint, what, way)
            elif options and len(
                getattr(rules, "any_required" if keyword == "anyOf" else "one_required", None) or ()
            ) != len(options):
                raise self.lost(node, f"which properties {what} needs at least")
        if not any(node.get(keyword) for keyword in ("oneOf", "anyOf")):
            self._types(node, members, what)
            self._enumeration(node, members, rules, what)
        self._rules(node, members, rules, what)
        models = [member for member in members if _kind(member) == "Model"]
        for member in members if len(models) < 2 or "oneOf" in node or "anyOf" in node else ():
            self._inside(node, member, what, way, part)
        if len(models) > 1 and "oneOf" not in node and "anyOf" not in node:
            self._one_of(models, lambda member: self._inside(node, member, what, way, part))

    def _options(self, node: Any, options: list[Any], hint: Any, what: str, way: str) -> None:
        for option in options:
            self._one_of([*_members(hint)[0], hint], lambda member, o=option: self._value(o, member, what, way))

    def _one_of(self, members: list[Any], compare: Callable[[Any], None]) -> None:
        """Raise the first difference where none of the members is as the contract has it."""
        failures: list[Problem] = []
        for member in members:
            before = set(self.compared)
            try:
                compare(member)
                return
            except Problem as problem:
                self.compared = before
                failures.append(problem)
        raise failures[0]

    def _types(self, node: Any, members: list[Any], what: str) -> None:
        said = node.get("type")
        kinds: list[str] = [said] if isinstance(said, str) else list(said or ())
        names = {_kind(member) for member in members}
        for kind in kinds:
            values = node.get("enum", [node["const"]] if "const" in node else None)
            if values is not None and not any(_is_of(value, kind) for value in values):
                continue
            if "Any" not in names and not names & (_KINDS[kind] | {"Literal"}):
                raise self.lost(node, f"the type {kind} of {what}")
        if kinds and "Any" in names and len(members) == 1:
            raise self.lost(node, f"the type {' or '.join(kinds)} of {what}")

    def _enumeration(self, node: Any, members: list[Any], rules: Any, what: str) -> None:
        values: list[Any] = node.get("enum", [node["const"]] if "const" in node else [])
        known: list[Any] = [
            value
            for member in members
            if get_origin(_bare(member)) is Literal
            for value in get_args(_bare(member))
        ]
        known += list(getattr(rules, "enum", None) or ())
        known += [None] if any(_bare(member) in (None, NoneType) for member in members) else []
        said = node.get("type")
        kinds: list[str] = [said] if isinstance(said, str) else list(said or ())
        for value in values:
            if (not kinds or any(_is_of(value, kind) for kind in kinds)) and not any(
                type(k) is type(value) and k == value for k in known
            ):
                raise self.lost(node, f"the value {value!r} of {what}")

    def _rules(self, node: Any, members: list[Any], rules: Any, what: str) -> None:
        kept = [
            rules,
            *(_members(member)[1] for member in members),
            *(getattr(_bare(m), "__rules__", None) for m in members),
        ]
        for keyword in _KEYWORDS:
            if (
                keyword in node
                and "enum" not in node
                and "const" not in node
                and not any(_keeps(r, keyword, node[keyword]) for r in kept)
            ):
                raise self.lost(node, f"the rule `{keyword}: {node[keyword]}` of {what}")

    def _inside(self, node: Any, member: Any, what: str, way: str, part: bool) -> None:
        bare = _bare(member)
        if "items" in node and get_origin(bare) is list:
            self._value(node["items"], get_args(bare)[0], f"an item of {what}", way)
        rest = node.get("additionalProperties")
        if is_object(rest) and get_origin(bare) is dict:
            self._value(rest, get_args(bare)[1], f"a value in {what}", way)
        if hasattr(bare, "__attrs_attrs__"):
            self._model(node, bare, what, way, part)
        elif (
            node.get("properties") and "object" not in str(node.get("oneOf", "")) and _kind(member) == "dict"
        ):
            raise self.lost(node, f"the properties of {what}")

    def _model(self, node: Any, cls: Any, what: str, way: str, part: bool) -> None:
        package = sys.modules[cls.__module__.rpartition(".")[0]]
        hints = get_type_hints(cls, localns=dict(vars(package)), include_extras=True)
        fields = {field.name: field for field in cls.__attrs_attrs__}
        by_name = {_mark(hints[name], "Name", "name", name): name for name in fields if name != "additional_properties"}
        self._told(
            node,
            node.get("description"),
            _plain(cls.__doc__ or ""),
            f"the description of {what}",
            "properties" in node and not part,
        )
        for name, child in (node.get("properties") or {}).items():
            if name not in by_name:
                raise self.lost(node, f"the property `{name}` of {what}")
            self._property(node, name, child, fields[by_name[name]], hints[by_name[name]], cls, way)
        rest = node.get("additionalProperties", node.get("unevaluatedProperties"))
        extra = hints["additional_properties"]
        if rest is False and getattr(_members(extra)[1], "max_properties", None) != 0:
            raise self.lost(node, f"that {what} has no further properties")
        if is_object(rest):
            self._value(rest, get_args(_bare(extra))[1], f"a further property of {what}", way)
        if node.get("x-failure") is True and not cls.__failure__:
            raise self.lost(node, f"that {what} is a failure")

    def _property(self, node: Any, name: str, child: Any, field: Any, hint: Any, cls: Any, way: str) -> None:
        what = f"the property `{name}`"
        one_way = self._keyword(child, "readOnly") or self._keyword(child, "writeOnly")
        optional = "Unset" in {_kind(member) for member in _members(hint)[0]}
        if name in (node.get("required") or ()) and optional and not one_way:
            raise self.lost(node, f"that {what} is required")
        default = self._keyword(child, "default")
        if (
            default is not None
            and not (is_array(default) or is_object(default))
            and not _same_default(field.default, default)
        ):
            raise self.lost(child, f"the default {default!r} of {what}")
        said = child.get("description") if is_object(child) else None
        self._told(child, said, self._attributes(cls).get(field.name, ""), f"the description of {what}")
        self._value(child, hint, what, way)

    def _attributes(self, cls: Any) -> dict[str, str]:
        """The docstrings below the attributes of a class."""
        if cls.__module__ not in self.prose:
            source = Path(sys.modules[cls.__module__].__file__ or "").read_text("utf-8")
            body = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)).body
            found: dict[str, str] = {}
            for one, after in zip(body, body[1:], strict=False):
                if (
                    isinstance(one, ast.AnnAssign)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                ):
                    found[ast.unparse(one.target)] = _plain(str(after.value.value))
            self.prose[cls.__module__] = found
        return self.prose[cls.__module__]

    def _keyword(self, node: Any, keyword: str) -> Any:
        """A keyword of a schema, of what it refers to, or of a part of its `allOf`."""
        if not is_object(node):
            return None
        if keyword in node:
            return node[keyword]
        parts = [self.contract.resolve(node)] if "$ref" in node else list(node.get("allOf") or ())
        return next((value for part in parts if (value := self._keyword(part, keyword)) is not None), None)

    def _told(self, node: Any, text: Any, doc: str, what: str, expected: bool = True) -> None:
        if isinstance(text, str) and expected and _plain(text).rstrip(".") not in doc:
            raise self.lost(node, what)

    # The client

    def _client(self, module: ModuleType) -> None:
        given = inspect.signature(module.Client).parameters
        for name, reference in ((self.document.get("components") or {}).get("securitySchemes") or {}).items():
            scheme = self.contract.resolve(reference)
            if scheme["type"] == "mutualTLS":
                continue
            arguments = (scheme.get("x-credentials") or {}).values()
            if missing := [argument for argument in arguments if argument not in given]:
                raise self.lost(scheme, f"the client's argument `{missing[0]}`")
            if not _puts(module.Client, given, name, scheme):
                raise self.lost(scheme, f"the security scheme `{name}`")
        server = next(iter(self.document.get("servers") or ()), None)
        if server and "{" not in server["url"] and module.DEFAULT_BASE_URL != server["url"].rstrip("/"):
            raise self.lost(server, f"the server {server['url']}")


def _puts(client: Any, given: Mapping[str, Any], name: str, scheme: Any) -> bool:
    """Whether the client puts a credential of this scheme where the scheme says."""
    texts = {
        key: f"{key}-secret"
        for key in given
        if given[key].annotation in ("str", "str | None") and key != "base_url"
    }
    credential = client(**texts)._credentials.get(name)
    if credential is None:
        return False
    applied = credential.apply()
    if scheme["type"] == "apiKey":
        where = {"header": applied.headers, "query": applied.query, "cookie": applied.cookies}[scheme["in"]]
        return any(str(part).partition("=")[0] == scheme["name"] for part in where)
    kind = "basic" if str(scheme.get("scheme")).lower() == "basic" else "bearer"
    return str(applied.headers.get("Authorization", "")).lower().startswith(kind + " ")


def _ignored(parameter: Any) -> bool:
    return parameter["in"] == "header" and parameter["name"].lower() in (
        "accept",
        "content-type",
        "authorization",
    )


def _functions(module: ModuleType) -> list[Any]:
    return [module.sync, module.sync_detailed, module.asyncio, module.asyncio_detailed]


def sent(module: ModuleType) -> list[str]:
    """The arguments that the operation hands on, in the order of its parameters."""
    for node in ast.walk(ast.parse(inspect.getsource(module.sync_detailed))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "client.send":
            return [ast.unparse(argument) for argument in node.args[1:]]
    return []


def _plain(text: str) -> str:
    return " ".join(re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).split())


def _members(hint: Any) -> tuple[list[Any], Any]:
    """The members of an annotation's union, and the rules on the whole."""
    rules = _mark(hint, "Rules")
    base = _bare(hint)
    if get_origin(base) not in (Union, UnionType):
        return [base], rules
    parts = [
        part for item in get_args(base) for part in ([item] if _mark(item, "Rules") else _members(item)[0])
    ]
    return parts, rules


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _mark(hint: Any, kind: str, attribute: str | None = None, default: Any = None) -> Any:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    found = next((mark for mark in marks if type(mark).__name__ == kind), None)
    return default if found is None else getattr(found, attribute) if attribute else found


def _kind(hint: Any) -> str:
    base = _bare(hint)
    if hasattr(base, "__attrs_attrs__"):
        return "Model"
    if base is None:
        return "NoneType"
    return str(
        getattr(get_origin(base) or base, "__name__", None)
        or getattr(get_origin(base) or base, "_name", base)
    )


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    python: Any = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "null": NoneType,
        "array": list,
        "object": dict,
    }
    return isinstance(value, python.get(kind, ()))


def _keeps(rules: Any, keyword: str, limit: Any) -> bool:
    """Whether the rules are as strict as the contract, or stricter where another part of `allOf` is."""
    kept = getattr(rules, re.sub("([A-Z])", lambda match: "_" + match[0].lower(), keyword), None)
    if kept is None:
        return False
    if isinstance(kept, bool) or not isinstance(kept, int | float):
        return bool(kept == limit)
    return bool(kept >= limit if keyword in _LOWER else kept <= limit)


def _stripped(hint: Any) -> Any:
    """The annotation without marks, unions as sets."""
    members = _members(hint)[0]
    if len(members) > 1:
        return frozenset(part for member in members for part in _flat(_stripped(member)))
    base = members[0]
    if get_origin(base) in (list, dict):
        return (get_origin(base), *(_stripped(argument) for argument in get_args(base)))
    return NoneType if base is None else base


def _flat(stripped: Any) -> Any:
    return stripped if isinstance(stripped, frozenset) else [stripped]


def _agrees(one: Any, other: Any) -> bool:
    unset = {part for part in _flat(one) if getattr(part, "__name__", "") == "Unset"}
    return set(_flat(one)) - unset == set(_flat(other))


def _same_default(given: Any, default: Any) -> bool:
    return (
        getattr(given, "text", None) or (given.isoformat() if hasattr(given, "isoformat") else given)
    ) == default


def _is_bytes(hint: Any) -> bool:
    return bool({"bytes"} & {_kind(member) for member in _members(hint)[0]})
