"""What the stock generator gets wrong without a word, and we do right.

Each fault is a document under data/stock_faults. One check is put to the clients that both generators make of it:
ours passes, the stock one does not.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import httpx
import openapi_python_client
import pytest
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import ErrorLevel

from scripts.generate import generate
from tests.trees import write

DATA = Path(__file__).parent / "data/stock_faults"
DONE = httpx.Response(204)
Check = Callable[["Made"], None]
CHECKS: dict[str, tuple[Check, str]] = {}


@dataclass
class Made:
    """A generated client of one operation, imported under a name of its own."""

    package: str
    folder: Path
    is_ours: bool

    @property
    def operation(self) -> ModuleType:
        """The module of the operation."""
        found = [path.stem for path in (self.folder / "api/things").glob("*.py") if path.stem != "__init__"]
        assert found, "the operation is left out"
        return importlib.import_module(f"{self.package}.api.things.{found[0]}")

    def client(self, transport: httpx.BaseTransport | None = None, **secrets: str) -> Any:
        """A client; the stock one takes a token, whatever it is for."""
        module = importlib.import_module(f"{self.package}.client")
        if self.is_ours:
            return module.Client(**secrets, transport=transport)
        options: Any = {"base_url": "https://things.example", "httpx_args": {"transport": transport}}
        token = ":".join(secrets.values())
        return module.AuthenticatedClient(token=token, **options) if secrets else module.Client(**options)

    def called(self, answer: httpx.Response, *arguments: Any, **more: Any) -> Any:
        """What the call gives back when it is answered so."""
        call = getattr(self.operation, "sync", self.operation.sync_detailed)
        return call(*arguments, client=self.client(httpx.MockTransport(lambda _: answer)), **more)

    def sent(self, *arguments: Any, secrets: dict[str, str] | None = None, **more: Any) -> httpx.Request:
        """What the call puts on the wire."""
        requests: list[httpx.Request] = []
        transport = httpx.MockTransport(lambda request: requests.append(request) or DONE)
        self.operation.sync_detailed(*arguments, client=self.client(transport, **(secrets or {})), **more)
        (request,) = requests
        return request

    def value(self, name: str, value: Any) -> Any:
        """A JSON value as the model that an argument is, if it is one."""
        hint = get_type_hints(self.operation.sync_detailed)[name]
        models = [each for each in (hint, *get_args(hint)) if hasattr(each, "from_dict")]
        return models[0].from_dict(value) if models else value

    def failure(self, answer: httpx.Response) -> Any:
        """What the call raises when it is answered so: an error of the client, with the answer in it."""
        error = raised(lambda: self.called(answer))
        errors = importlib.import_module(f"{self.package}.errors")
        assert type(error).__module__ in (errors.__name__, errors.UnexpectedStatus.__module__), repr(error)
        return error

    def refused(self, *arguments: Any, **more: Any) -> bool:
        """Whether a call is refused before anything is sent."""
        return type(raised(lambda: self.sent(*arguments, **more))).__name__ == "InvalidRequest"


def raised(call: Callable[[], object]) -> Exception:
    """What a call raises."""
    try:
        given = call()
    except Exception as error:
        return error
    raise AssertionError(f"it gives {given!r}")


def fault(stock: str) -> Callable[[Check], Check]:
    """A check of the document that it is named for, and what it says of the stock client."""

    def note(check: Check) -> Check:
        CHECKS[check.__name__] = check, stock
        return check

    return note


# What goes out


@fault("KeyError: 'where'")
def content_parameter(made: Made) -> None:
    assert made.sent(where=made.value("where", {"a": 1})).url.query == b"where=%7B%22a%22%3A1%7D"


@fault("b'tags=a&tags=b' == b'tags=a,b'")
def explode_false(made: Made) -> None:
    assert made.sent(tags=["a", "b"]).url.query == b"tags=a,b"


@fault("b'size=3' == b'page%5Bsize%5D=3'")
def deep_object(made: Made) -> None:
    assert made.sent(page=made.value("page", {"size": 3})).url.query == b"page%5Bsize%5D=3"


@fault("the operation is left out")
def header_array(made: Made) -> None:
    assert made.sent(x_ids=[1, 2]).headers["X-Ids"] == "1,2"


@fault("the operation is left out")
def path_dot(made: Made) -> None:
    assert made.sent(7).url.path == "/things/7"


@fault("the operation is left out")
def path_punctuation(made: Made) -> None:
    assert made.sent(7).url.path == "/things/7"


@fault("the operation is left out")
def text_body(made: Made) -> None:
    request = made.sent(body="hello")
    assert (request.content, request.headers["content-type"]) == (b"hello", "text/plain; charset=utf-8")


@fault("it gives <Request('POST', 'https://things.example/things')>")
def any_of_required(made: Made) -> None:
    assert made.sent(body=made.value("body", {"mail": "a@b.example"})).content == b'{"mail":"a@b.example"}'
    assert made.refused(body=made.value("body", {}))


@fault("the operation is left out")
def colliding_names(made: Made) -> None:
    names = [name for name in inspect.signature(made.operation.sync_detailed).parameters if name != "client"]
    request = made.sent(**dict(zip(names, (1, 2), strict=True)))
    assert dict(request.url.params) == {"page-size": "1", "page.size": "2"}


@fault("missing 1 required keyword-only argument: 'authorization'")
def authorization_parameter(made: Made) -> None:
    assert "Authorization" not in made.sent().headers


@fault("it gives <Request('GET', 'https://things.example/things?code=abcd')>")
def constraints(made: Made) -> None:
    assert made.sent(code="abc").url.query == b"code=abc"
    assert made.refused(code="abcd")


@fault("'Bearer ann:secret' == 'Basic ")
def basic_auth(made: Made) -> None:
    request = made.sent(secrets={"username": "ann", "password": "secret"})
    assert request.headers["Authorization"] == "Basic " + b64encode(b"ann:secret").decode()


@fault("KeyError: 'X-Key'")
def api_key_header(made: Made) -> None:
    request = made.sent(secrets={"secret": "abc"})
    assert (request.headers["X-Key"], "Authorization" in request.headers) == ("abc", False)


@fault("(b'', True) == (b'key=abc', False)")
def api_key_query(made: Made) -> None:
    request = made.sent(secrets={"secret": "abc"})
    assert (request.url.query, "Authorization" in request.headers) == (b"key=abc", False)


@fault("KeyError: 'Cookie'")
def api_key_cookie(made: Made) -> None:
    request = made.sent(secrets={"secret": "abc"})
    assert (request.headers["Cookie"], "Authorization" in request.headers) == ("key=abc", False)


@fault("None is no number of seconds")
def timeout(made: Made) -> None:
    limits = made.client().get_httpx_client().timeout
    for seconds in limits.as_dict().values():
        assert isinstance(seconds, float), f"{seconds} is no number of seconds"


# What comes back


@fault("it gives Response(status_code=<HTTPStatus.TOO_MANY_REQUESTS: 429>")
def rate_limited(made: Made) -> None:
    assert made.failure(httpx.Response(429, headers={"Retry-After": "7"})).retry_after == 7


@fault("it gives Response(status_code=<HTTPStatus.IM_A_TEAPOT: 418>")
def undocumented_status(made: Made) -> None:
    assert "418" in str(made.failure(httpx.Response(418)))


@fault("ValueError: 'unheard-of' is not a valid GetThingsResponse200State")
def unknown_enum_value(made: Made) -> None:
    assert made.called(httpx.Response(200, json={"state": "unheard-of"})).state == "unheard-of"


@fault("ValueError: Invalid isoformat string: 'Thu, 07 Apr 2016 23:52:28 +0000'")
def rfc_2822_date(made: Made) -> None:
    thing = made.called(httpx.Response(200, json={"made": "Thu, 07 Apr 2016 23:52:28 +0000"}))
    assert thing.made == datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)


@fault("TypeError('fromisoformat: argument must be str')")
def null_in_optional_field(made: Made) -> None:
    assert "made" in str(made.failure(httpx.Response(200, json={"made": None})))


@fault("KeyError('id')")
def missing_key(made: Made) -> None:
    assert "id" in str(made.failure(httpx.Response(200, json={})))


@fault("JSONDecodeError('Expecting value: line 1 column 1 (char 0)')")
def html_with_status_200(made: Made) -> None:
    answer = httpx.Response(200, html="<h1>Down for maintenance</h1>")
    assert made.failure(answer).content == answer.content


# What it is like


@fault("CreateThingCreateThingRequest repeats a word")
def repeated_class_names(made: Made) -> None:
    for name in importlib.import_module(f"{made.package}.models").__all__:
        words = re.findall("[A-Z][a-z]*", name)
        assert len(set(words)) == len(words), f"{name} repeats a word"


@fault("assert 'Which thing it is.' in ' Get things")
def parameter_descriptions(made: Made) -> None:
    told = getattr(made.operation, "sync", made.operation.sync_detailed).__doc__
    assert "Which thing it is." in told
    assert "Which kind it is of." in told


@fault("__init__.py has no header")
def no_header_line(made: Made) -> None:
    for path in sorted(made.folder.rglob("*.py")):
        is_marked = path.read_text("utf-8").startswith("# Generated by `scripts/run generate")
        assert is_marked, f"{path.name} has no header"


# The generators


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our clients of all documents, a vendor each."""
    root = tmp_path_factory.mktemp("ours")
    write(root, {f"specs/{path.stem}/openapi.yaml": path.read_text("utf-8") for path in DATA.glob("*.yaml")})
    generate([], root)
    return root / "generated/phone_number_apis"


def stock(document: Path, folder: Path, meta: MetaType = MetaType.NONE) -> Path:
    """The stock client of a document, as its command line makes it with `--overwrite`."""
    config = ConfigFile(post_hooks=[])
    source = Config.from_sources(config, meta, document, "utf-8", True, folder)
    said = openapi_python_client.generate(config=source)
    assert {each.level for each in said} <= {ErrorLevel.WARNING}, "it exits with a status other than 0"
    return folder


@contextmanager
def imported(folder: Path, name: str) -> Iterator[None]:
    """The package in a folder under another name, for as long as it is used."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec
    assert spec.loader
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules[name])
        yield
    finally:
        for known in [known for known in sys.modules if known.split(".")[0] == name]:
            del sys.modules[known]


@pytest.mark.parametrize("name", CHECKS)
def test_our_client_does_it_right(name: str, ours: Path) -> None:
    with imported(ours, "_ours"):
        CHECKS[name][0](Made(f"_ours.{name}", ours / name, True))


@pytest.mark.parametrize("name", CHECKS)
def test_the_stock_client_does_not(name: str, tmp_path: Path) -> None:
    folder = stock(DATA / f"{name}.yaml", tmp_path / "client")
    check, told = CHECKS[name]
    with imported(folder, "_stock"):
        error = raised(lambda: check(Made("_stock", folder, False)))
    assert told in f"{type(error).__name__}: {error}"


STALE = DATA / "stale_modules.yaml"


def versions(folder: Path) -> Iterator[Path]:
    """The document, and then with another title and operation."""
    text = STALE.read_text("utf-8")
    for version in (text, text.replace("title: Things", "title: Goods").replace("get-things", "list-things")):
        write(folder, {"openapi.yaml": version})
        yield folder / "openapi.yaml"


def operations(folder: Path) -> list[str]:
    """The modules of operations below a folder."""
    return sorted(path.stem for path in folder.rglob("api/things/*.py") if path.stem != "__init__")


def test_our_clients_leave_no_stale_modules_behind(tmp_path: Path) -> None:
    for _ in versions(tmp_path / "specs/acme"):
        generate([], tmp_path)
    assert operations(tmp_path / "generated") == ["list_things"]


def test_the_stock_clients_do(tmp_path: Path) -> None:
    for document in versions(tmp_path):
        stock(document, tmp_path / "client", MetaType.SETUP)
    assert operations(tmp_path / "client") == ["get_things", "list_things"]


def test_every_document_has_a_check() -> None:
    assert {path.stem for path in DATA.glob("*.yaml")} == {*CHECKS, STALE.stem}
