"""Whatever a client loses of its contract, or adds to it, is found and named; nothing else is."""

from __future__ import annotations

import compileall
import re
import shutil
import signal
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any, Literal

import pytest

from scripts import __main__, fidelity, generate, generator
from scripts.contract import Contract, contract
from scripts.document import copied
from scripts.fidelity import verify
from scripts.fidelity.schema import Schema
from scripts.fidelity.values import Values
from scripts.problem import Problem
from scripts.runtime import assertions
from scripts.vendors import discover
from tests.trees import snapshot, write

DATA = Path(__file__).parent / "data/fidelity"
ADD, GET, PUT = "api/photos/add_photo.py", "api/animals/get_animal.py", "api/animals/put_animal.py"
CAT, CLIENT, RESOURCE, FILTER, OWNER, PET = (
    "models/cat.py",
    "client.py",
    "resources/animals.py",
    "models/get_animal_filter.py",
    "models/owner.py",
    "models/pet.py",
)


WORDS = [f"w{number}" for number in range(500)]


def rendered(root: Path, spec: str) -> tuple[Path, Contract]:
    """The package that a spec gives, whether faithful or not, and the contract."""
    write(root, {"specs/acme/openapi.yaml": (DATA / spec).read_text("utf-8")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fidelity, "verify", lambda *_: None)
        generate.generate([], root)
    return root / "generated/phone_number_apis", contract(discover(root)[0])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Contract]:
    """The rendered package and its contract."""
    package, made = rendered(tmp_path_factory.mktemp("tree"), "openapi.yaml")
    compileall.compile_dir(package, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return package, made


def said(package: Path, made: Contract) -> str:
    """What is said of a client that is not as its contract."""
    with pytest.raises(Problem) as raised:
        verify(package, {"acme": made})
    return str(raised.value)


def damaged(package: Path, folder: Path, file: str, pattern: str, new: str) -> Path:
    """A copy of the package in which `new` stands wherever the pattern was found in a file."""
    copy = Path(shutil.copytree(package, folder / "copy"))
    path = copy / "acme" / file
    text, count = re.subn(pattern, new, path.read_text("utf-8"), flags=re.DOTALL)
    assert count, "the damage does not fit the code"
    path.write_text(text, "utf-8")
    return copy


def test_a_client_that_holds_everything_passes(client: tuple[Path, Contract]) -> None:
    verify(client[0], {"acme": client[1]})


def test_a_client_of_an_unusual_contract_passes(tmp_path: Path) -> None:
    package, made = rendered(tmp_path, "unusual.yaml")
    verify(package, {"acme": made})


@pytest.fixture(scope="module")
def choices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Contract]:
    """A package whose values have to be told apart, and its contract."""
    return rendered(tmp_path_factory.mktemp("choices"), "choices.yaml")


def test_a_client_that_tells_choices_apart_passes(choices: tuple[Path, Contract]) -> None:
    verify(choices[0], {"acme": choices[1]})


@pytest.mark.parametrize(
    ("file", "pattern", "new", "lost"),
    [
        ("models/choice.py", r"(?<=multiple_of=5\)\] \| Unset,)\s+Rules\(one_of=True\)", "None",
         "loses that the property `number` is only one of the schemas of a `oneOf`"),
        ("models/loose.py", r"list\[Any\]", "list[int]", "loses the type any of an item of the property `row`"),
        ("models/loose.py", r"map_?: dict\[str, Any\]", "map: dict[str, str]", "loses the type any of a further proper"),
        ("api/default/add_animal.py", r'"pup": "Puppy"', '"pup": "Dog"', "loses what `kind: pup` means in the request"),
        ("models/choose_request.py", "max_length=5", "max_length=6", "loses the rule `maxLength: 5` of the property `m"),
        ("models/choose_request.py", r"File \| Unset", "int | Unset", "loses the type any of the property `image`"),
    ],
)  # fmt: skip
def test_what_a_client_loses_of_choices_is_named(
    choices: tuple[Path, Contract], tmp_path: Path, file: str, pattern: str, new: str, lost: str
) -> None:
    assert f"the client {lost}" in said(damaged(choices[0], tmp_path, file, pattern, new), choices[1])


@pytest.mark.parametrize("schema", [{"enum": WORDS}, {"allOf": [{"enum": WORDS}, {"enum": WORDS}]}])
def test_each_value_of_a_long_enumeration_is_looked_at_a_few_times(
    schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[Any]()
    monkeypatch.setattr(assertions, "is_array", looked.append)
    values = Values(Contract({}), is_request=True)
    values.check(Schema(values.contract, schema), Literal[tuple(WORDS)], "it")
    assert len(looked) < 10 * len(WORDS)
    with pytest.raises(Problem, match="the value 'w7'"):
        values.check(Schema(values.contract, schema), Literal[tuple(WORDS[:7])], "it")


def test_nothing_stays_imported_and_nothing_is_written(client: tuple[Path, Contract]) -> None:
    modules, files = set(sys.modules), snapshot(client[0])
    verify(client[0], {"acme": client[1]})
    assert [name for name in sys.modules.keys() - modules if "acme" in name] == []
    assert snapshot(client[0]) == files


def test_a_problem_names_the_line_of_the_spec(client: tuple[Path, Contract], tmp_path: Path) -> None:
    told = said(damaged(client[0], tmp_path, PET, '"""What it is called."""', ""), client[1])
    spec = (DATA / "openapi.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(spec, 1) if "What it is called" in text)
    assert f"specs/acme/openapi.yaml:{line}: #/components/schemas/Pet/allOf/1/properties/name: " in told
    assert told.endswith("; mend the templates or the lowering.")


@pytest.mark.parametrize(
    ("pattern", "new", "lost"),
    [
        (r'Parameter\("session", "cookie", str\),', "", "loses the cookie parameter `session`"),
        (r'"limit", "query"', '"Limit", "query"', "loses the query parameter `limit`"),
        (r'"trace", "header"', '"trace", "query"', "loses the header parameter `trace`"),
        ("required=True,", "", "loses `required: True` of the path parameter `animalId`"),
        ("pipeDelimited", "spaceDelimited", "loses `style: pipeDelimited` of the query parameter `marks`"),
        (r'"pipeDelimited", explode=False', '"pipeDelimited"', "loses `explode: False` of the query parameter"),
        (r"allow_reserved=True", "", "loses `allow_reserved: True` of the query parameter `since`"),
        (r',\s+content="application/json"', "", "loses `content: application/json` of the query parameter `where`"),
        (r'"cookie", str', '"cookie", int', "loses the type string of the cookie parameter `session`"),
        (r'"cookie", str', '"cookie", Any', "loses the type string of the cookie parameter `session`"),
        (r'"cookie", str', '"cookie", str | int', "adds the type int of the cookie parameter `session`"),
        (r'"cookie", str', '"cookie", Annotated[str, Rules(max_length=3)]', "adds the rule `maxLength: 3`"),
        (r'"query", GetAnimalFilter', '"query", dict[str, Any]', "loses the properties of the query parameter"),
        (r'"query", date', '"query", str', "loses the type string of the query parameter `since`"),
        (r"Rules\(minimum=1\)", "Rules(minimum=0)", "loses the rule `minimum: 1` of the path parameter"),
        (r"int \| None, Rules", "int, Rules", "loses the value None of the query parameter `limit`"),
        (r'\["red", "blue"\]', '["red"]', "loses the value 'blue' of an item of the query parameter `marks`"),
        (r'\["red", "blue"\]', '["red", "blue", "x"]', "adds the type 'x' of an item of the query parameter"),
        (r'list\[Literal\["red", "blue"\]\]', "list[str]", "loses the value 'red' of an item of the query"),
        (r"Annotated\[int, Rules\(minimum=0\)\]", "int", "loses the rule `minimum: 0` of a further property"),
        (r"dict\[str, Annotated\[int, Rules\(minimum=0\)\]\]", "dict[str, Any]", "loses the type integer of a"),
        (r"Rules\(max_properties=3\)", "Rules()", "loses the rule `maxProperties: 3` of the query parameter"),
        ("Unset = 5", "Unset = 6", "loses the default 5 of the query parameter `limit`"),
        ("Unset = 5", "Unset = UNSET", "loses the default 5 of the query parameter `limit`"),
        ("str [|] Unset = UNSET", 'str | Unset = "x"', "adds the default 'x' of the header parameter `trace`"),
        ("2020-01-02", "2020-01-03", "loses the default '2020-01-02' of the query parameter `since`"),
        (r"trace: str \| Unset", "trace: Any", "loses the type of the header parameter `trace` in its argument"),
        (r"trace: str \| Unset = UNSET", "trace: str", "loses the optional argument for the header parameter"),
        (r"(def asyncio\(.*?)Unset = 5", r"\1Unset = 6", "loses the argument `limit` of `asyncio`"),
        (r"limit, since, marks", "limit, marks", "loses the argument `since` on its way from `sync`"),
        ("since, marks, filter", "since, trace, filter", "loses the argument `marks` on its way from `sync`"),
        (r"(send_async\(.*?)limit,\s+since,", r"\1since, limit,", "loses the order of the arguments on their way"),
        (r'"204": \{\},', "", "loses the response 204"),
        (r'"204": \{\},', '"204": {}, "500": {},', "adds the response 500"),
        (r'"text/plain": str,', "", "loses the media type `text/plain` of the response 200"),
        (r'"text/plain": str,', '"text/plain": str, "text/html": str,', "adds the media type `text/html` of the"),
        (r'"text/plain": str,', '"text/plain": Any,', "loses the type string of the response 200 (`text/plain`)"),
        (r"Cat \| Dog \| Animal,", "Cat | Animal,", "loses the property `barks` of the response 200"),
        (r'"meow": "Cat"', '"meow": "Dog"', "loses what `type: meow` means in the response 200"),
        (r'"Dog": "Dog",', "", "loses what `type: Dog` means in the response 200"),
        (r'json": Failure', 'json": Animal', "loses the mark that the response 404 (`application/json`) is a"),
        (r'problem\+json": Any', 'problem+json": str', "loses the type any of the response default"),
        (r"-> Cat \| Dog \|", "-> Cat |", "loses the type of what `sync` returns"),
        (r"Response\[Cat \| Dog \|", "Response[Cat |", "loses the type of what `sync_detailed` returns"),
        (r'security=\[\["key"\]\],', "", "loses the security requirements [['key']]"),
        (r"Dependency\(.*?\n\s+\),", "", "loses a dependency between parameters: OnlyOne(filter, where)"),
    ],
)  # fmt: skip
def test_what_an_operation_loses_or_adds_is_named(
    client: tuple[Path, Contract], tmp_path: Path, pattern: str, new: str, lost: str
) -> None:
    assert f"the client {lost}" in said(damaged(client[0], tmp_path, GET, pattern, new), client[1])


@pytest.mark.parametrize(
    ("file", "pattern", "new", "lost"),
    [
        (PUT, r'"multipart/form-data": PutAnimalRequest', "", "loses the media type `multipart/form-data` of the"),
        (PUT, r"required=True,\s+encodings", "encodings", "loses that the request body is required"),
        (ADD, "Body\\(", "Body(required=True, types=", "loses that the request body is optional"),
        (PUT, r"\{\"photo\": Encoding.*?\)\}", "{}", "loses the encoding of the property `photo`"),
        (PUT, "image/png", "image/gif", "loses the encoding of the property `photo`"),
        (PUT, r'"application/json": Pet', '"application/json": str', "loses the type object of the request body"),
        (PUT, r'"application/json": Pet', '"application/json": dict[str, str]', "loses the rule `minProperties: 1` of the"),
        (PUT, r"body: Pet \|", "body: str |", "loses the type of the request body in its argument"),
        (PUT, r"content_type: Literal\[.*?\]", "content_type: str", "loses the choice of the media type of the"),
        (PUT, r"(client.send\(OPERATION.*?)body=body, ", r"\1", "loses the argument `body` on its way from `sync_detailed`"),
        (PUT, r', \["key", "token"\]', "", "loses the security requirements [['login'], ['key', 'token'], []]"),
        (PUT, r"Circle \| Square,", "Circle,", "loses the property `side` of the response 2XX"),
        (PUT, r"Discriminator\(.*?\)", "None", "loses what `form: Circle` means in the response 2XX"),
        (ADD, '"image/png": File . bytes', '"image/png": str', "loses the type of the request body in its argument"),
        (ADD, '"image/png": bytes', '"image/png": int', "loses the type string of the response 200"),
        (ADD, "server=.*?,", "", "loses the server of the operation"),
        (CAT, "lives", "live", "loses the property `lives` of the response 200"),
        (CAT, "lives: int", "more: int = 1\n    lives: int", "adds the property `more` of the response 200"),
        (FILTER, r'"""Words.*?"""', "", "loses the description of the property `text`"),
        (FILTER, "text: str", "text: Any", "loses the type string of the property `text`"),
        ("models/failure.py", '"""Why it failed."""', "", "loses the description of the response 404"),
        ("models/failure.py", "__failure__: .*? = True", "", "loses the mark that the response 404"),
        (OWNER, "name: str", "__failure__ = True\n    name: str", "adds the mark that the property `owner` is a"),
        (OWNER, r"Rules\(max_properties=0\)", "Rules()", "loses the rule `maxProperties: 0` of further properties of"),
        (PET, r'"""A pet."""', "", "loses the description of the request body (`application/json`)"),
        (PET, r"Rules\(min_properties=1\)", "Rules()", "loses the rule `minProperties: 1` of"),
        (PET, "name: Annotated.str", "name: Annotated[str | Unset", "loses that the property `name` is required"),
        (PET, r"Owner \| Unset = UNSET", "Owner", "loses that the property `owner` is optional"),
        (PET, "min_length=1, ", "", "loses the rule `minLength: 1` of the property `name`"),
        (PET, "max_length=9", "max_length=8", "loses the rule `maxLength: 9` of the property `name`"),
        (PET, r"\[a-z\]\+", "[a-z]*", "loses the rule `pattern: ^[a-z]+$` of the property `name`"),
        (PET, "max_items=3, ", "", "loses the rule `maxItems: 3` of the property `children`"),
        (PET, ", unique_items=True", "", "loses the rule `uniqueItems: True` of the property `children`"),
        (PET, "exclusive_minimum", "minimum", "adds the rule `minimum: 0` of the property `weight`"),
        (PET, "multiple_of=0.5", "", "loses the rule `multipleOf: 0.5` of the property `weight`"),
        (PET, r"float \| None \|", "float |", "loses the value None of the property `weight`"),
        (PET, r"list\[Pet\]", "list[Owner]", "loses the description of an item of the property `children`"),
        (PET, 'Access."read"[^)]*.', "None", "loses whether only requests or only answers carry the property `id`"),
        (PET, 'Access."write".', 'Access("read")', "loses whether only requests or only answers carry the propert"),
        (PET, r'\["cat", "dog"\]', '["cat"]', "loses the value 'dog' of the property `kind`"),
        (PET, '"a", 1.5', '"a"', "loses the value 1.5 of the property `code`"),
        (PET, '= "cat"', "= UNSET", "loses the default 'cat' of the property `kind`"),
        (PET, "2020-01-02T03:04:05Z", "2020-01-02T03:04:06Z", "loses the default '2020-01-02T03:04:05Z' of the"),
        (PET, "born: datetime", "born: str | datetime", "adds the type str of the property `born`"),
        (PET, r'"""The one before."""', "", "loses the description of the property `parent`"),
        (RESOURCE, r" Default: \[.red.\]\.", "", "loses the default ['red'] of the query parameter `marks`"),
        (RESOURCE, "Get an animal", "Get it", "loses the summary of the operation"),
        (RESOURCE, "- its `kind`", "", "loses the description of the operation"),
        (RESOURCE, "How many.", "", "loses the description of the query parameter `limit`"),
        (RESOURCE, "How many.(.*)(What it is marked with)", r"\2\1How many", "loses the description of the query parameter"),
        (RESOURCE, "The animal as it shall be.", "", "loses the description of the request body"),
        (RESOURCE, "It has no papers.", "", "loses the description of the response 204"),
        (RESOURCE, "Anything else.", "", "loses the description of the response default"),
        (RESOURCE, r"class AsyncAnimals.*", "", "loses the method of the operation"),
        (RESOURCE, r"limit,(\s+)since,", r"since,\1limit,", "loses an argument on its way of the method `Animals.get_animal`"),
        (RESOURCE, r"timeout=timeout", "timeout=None", "loses an argument on its way of the method `Animals.get_animal`"),
        (RESOURCE, r"trace: str \| Unset = UNSET,\s+session", "trace: int | Unset = UNSET, session", "loses the argument `trace` of the method `Animals.get_animal`"),
        (RESOURCE, r"(async def get_animal\(.*?)session: str \| Unset = UNSET,", r"\1", "loses the argument `session` of the method `AsyncAnimals.get_animal`"),
        (CLIENT, "https://eu.zoo", "https://us.zoo", "loses the server https://eu.zoo.example/v1"),
        (CLIENT, "https://spare.zoo.example", "", "loses the server https://spare.zoo.example"),
        (CLIENT, r'"login": _security.basic\(.*?\),', "", "loses the argument `user` of the client"),
        (CLIENT, r"basic\(user, secret,", "basic(secret, user,", "loses the argument `user` of the client"),
        (CLIENT, r'basic\(user, secret, "user",', "bearer(secret,", "loses the argument `user` of the client"),
        (CLIENT, r"user\b", "username", "loses the argument `user` of the client"),
        (CLIENT, r"bearer\(token,", 'basic(token, token, "token",', "loses the security scheme `token`"),
        (CLIENT, r'"header", x_key', '"query", x_key', "loses the security scheme `key`"),
        (CLIENT, "X-Key", "X-Keys", "loses the security scheme `key`"),
        (CLIENT, r'"query", word', '"cookie", word', "loses the security scheme `word`"),
        (CLIENT, r'"crumb": _security.api_key.*?\),', "", "loses the security scheme `crumb`"),
    ],
)  # fmt: skip
def test_what_the_rest_of_a_client_loses_or_adds_is_named(
    client: tuple[Path, Contract], tmp_path: Path, file: str, pattern: str, new: str, lost: str
) -> None:
    assert f"the client {lost}" in said(damaged(client[0], tmp_path, file, pattern, new), client[1])


def changed(made: Contract, *keys: str, **values: Any) -> Contract:
    """The contract with other values in the object that `keys` lead to; None removes."""
    document = copied(made.document)
    node = document
    for key in keys:
        node = node[int(key) if isinstance(node, list) else key]
    node.update(values)
    for key in [key for key, value in values.items() if value is None]:
        del node[key]
    return Contract(document)


ANIMAL, SCHEMAS = ("paths", "/animals/{animalId}"), ("components", "schemas")
OPERATION: dict[str, Any] = {"responses": {"204": {"description": "None."}}}
TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("keys", "values", "told"),
    [
        (ANIMAL, {"delete": OPERATION}, "loses the operation `DELETE /animals/{animalId}`"),
        (ANIMAL, {"put": None}, "adds the operation `PUT /animals/{animalId}`"),
        (ANIMAL, {"parameters": []}, "adds the header parameter `trace`"),
        ((*ANIMAL, "put"), {"requestBody": None}, "adds the media type `"),
        ((*ANIMAL, "get"), {"security": []}, "loses the security requirements []"),
        ((*ANIMAL, "get", "responses"), {"204": None}, "adds the response 204"),
        (
            (*ANIMAL, "get", "parameters", "0"),
            {"required": False},
            "loses `required: False` of the path parameter",
        ),
        (
            (*SCHEMAS, "Where"),
            {"maxProperties": None},
            "adds the rule `maxProperties: 3` of the query parameter",
        ),
        (
            (*SCHEMAS, "Where"),
            {"x-failure": True},
            "loses the mark that the query parameter `where` is a failure",
        ),
        (
            (*SCHEMAS, "Where"),
            {"required": ["a"]},
            "loses that `a` is required in the query parameter `where`",
        ),
        (
            (*SCHEMAS, "Where"),
            {"patternProperties": {}},
            "loses the keyword `patternProperties` of the query",
        ),
        (
            (*SCHEMAS, "Where"),
            {"anyOf": [{"required": ["a"]}]},
            "loses the rule `anyRequired: (('a',),)` of the",
        ),
        (
            (*SCHEMAS, "Where"),
            {"oneOf": [{"required": ["a"]}]},
            "loses the rule `oneRequired: (('a',),)` of the",
        ),
        ((*SCHEMAS, "Owner"), {"properties": {}}, "adds the property `name` of the property `owner`"),
        ((*SCHEMAS, "Owner"), {"additionalProperties": TEXT}, "adds the rule `maxProperties: 0` of further"),
        ((*SCHEMAS, "Circle"), {"additionalProperties": TEXT}, "loses the type string of a further property"),
        (
            (*SCHEMAS, "Circle", "properties"),
            {"radius": TEXT},
            "loses the type string of the property `radius`",
        ),
        ((*SCHEMAS, "Base", "properties", "id"), {"default": 1}, "loses the default 1 of the property `id`"),
        (
            (*SCHEMAS, "Base", "properties", "id"),
            {"default": [1]},
            "loses the default [1] of the property `id`",
        ),
    ],
)
def test_what_a_contract_has_otherwise_than_its_client_is_named(
    client: tuple[Path, Contract], keys: tuple[str, ...], values: dict[str, Any], told: str
) -> None:
    assert f"the client {told}" in said(client[0], changed(client[1], *keys, **values))


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (GET, "x = (", "cannot be read (SyntaxError: '(' was never closed (get_animal.py, line 1))"),
        (
            GET,
            "import nothing_of_that_name",
            "cannot be read (ModuleNotFoundError: No module named 'nothing_",
        ),
        (PET, "", "cannot be read (ImportError: cannot import name 'Pet'"),
        (
            CLIENT,
            "class Client: ...",
            "cannot be read (ImportError: c",
        ),
    ],
)
def test_a_client_that_is_broken_is_named(
    client: tuple[Path, Contract], tmp_path: Path, file: str, text: str, told: str
) -> None:
    broken = damaged(client[0], tmp_path, file, ".*", "")
    (broken / "acme" / file).write_text(text, "utf-8")
    assert f"the rendered client {told}" in said(broken, client[1])


@pytest.mark.parametrize(
    ("template", "old", "new", "lost"),
    [
        (
            "operation.py.jinja",
            "{% for a in operation.arguments %}\n        Parameter(",
            "{% for a in operation.arguments if a.name != 'limit' %}\n        Parameter(",
            "the query parameter `limit`",
        ),
        ("model.py.jinja", "in model.fields %}", "in model.fields[1:] %}", "the property `"),
        ("operation.py.jinja", "in operation.answers %}", "in operation.answers[1:] %}", "the response 200"),
        (
            "resource.py.jinja",
            "{{ method | told_of_method(prefix) | docstring(8) }}",
            '"""Told."""',
            "the summary of the operation",
        ),
        (
            "model.py.jinja",
            "{{ model.description | docstring(4) }}",
            '"""Told."""',
            "the description of the ",
        ),
    ],
)
def test_a_damaged_template_makes_generate_fail_and_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    template: str,
    old: str,
    new: str,
    lost: str,
) -> None:
    write(tmp_path, {"specs/acme/openapi.yaml": (DATA / "openapi.yaml").read_text("utf-8")})
    write(tmp_path, {"generated/phone_number_apis/acme/__init__.py": "before = True"})
    templates = Path(shutil.copytree(generator.TEMPLATES, tmp_path / "templates"))
    text = (templates / template).read_text("utf-8")
    assert old in text
    (templates / template).write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(generator, "TEMPLATES", templates)
    monkeypatch.setattr(generate.generate, "__defaults__", (tmp_path, lambda line: None))
    monkeypatch.setattr(sys, "argv", ["scripts", "generate"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    before = snapshot(tmp_path / "generated")
    with pytest.raises(SystemExit) as stopped:
        __main__.main()
    assert stopped.value.code == 2
    assert f"the client loses {lost}" in capsys.readouterr().err
    assert snapshot(tmp_path / "generated") == before
