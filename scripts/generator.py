"""The only room of openapi-python-client: its parser reads the lowered contract, its engine our templates."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from . import docstrings
from .annotation import literal
from .lowering import Client, lowered
from .problem import Problem, shown
from .runtime import errors

TEMPLATES = Path(__file__).parent / "templates"
VERSION = version("openapi-python-client")
_CONFIG = Config.from_sources(ConfigFile(), MetaType.NONE, Path(), "utf-8", False, None)


def render(client: Client, folder: Path) -> dict[Path, Path]:
    """Write the modules of a client below `folder`; gives the template of each.

    Raises `Problem` where the generator objects to the contract, or a template fails.
    """
    _check(client)
    engine = _engine(TEMPLATES)
    templates: dict[Path, Path] = {}
    for name, template, context in _modules(client):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(engine, template, {"client": client, **context}), "utf-8", newline="\n")
        templates[path] = TEMPLATES / template
    return templates


def _check(client: Client) -> None:
    """Refuse a client that the generator's parser does not take in full."""
    data = _parsed(lowered(client))
    collections = data.endpoint_collections_by_tag.values()
    errors = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if errors:
        raise _refusal(errors[0])
    operations = sum(len(collection.endpoints) for collection in collections)
    if (operations, len(data.models)) != (len(client.operations), len(client.models)):
        raise _refusal(GeneratorError(header="it lost an operation or a model"))


def _parsed(document: dict[str, Any]) -> GeneratorData:
    data = GeneratorData.from_dict(document, config=_CONFIG)
    if isinstance(data, GeneratorError):
        raise _refusal(data)
    return data


def _refusal(error: GeneratorError) -> Problem:
    what = f"the generator refuses the lowered contract: {error.header} {error.detail or ''}"
    return Problem(f"{what:.300}", "report this", file=shown(Path(__file__)))


@cache
def _engine(templates: Path) -> Environment:
    """The generator's engine with our templates alone: a missing or misspelt thing is an error."""
    empty = _parsed({"openapi": "3.1.0", "info": {"title": "Any", "version": "1"}, "paths": {}})
    engine = Project(openapi=empty, config=_CONFIG).env
    engine.loader, engine.undefined = FileSystemLoader(templates), StrictUndefined
    filters: dict[str, Any] = {
        "docstring": docstrings.quoted,
        "literal": literal,
        "advice": docstrings.advice,
    }
    filters |= {"told": docstrings.operation, "told_of_method": docstrings.method, "cell": docstrings.cell}
    engine.filters.update(filters)
    return engine


def _modules(client: Client) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The path, the template and the own context of each module."""
    for name in ("__init__.py", "client.py", "types.py"):
        yield name, f"{name}.jinja", {}
    yield "errors.py", "errors.py.jinja", {"summaries": docstrings.summaries(errors)}
    yield "README.md", "readme.md.jinja", {}
    yield "models/__init__.py", "models_init.py.jinja", {}
    yield "api/__init__.py", "api_init.py.jinja", {}
    yield "resources/__init__.py", "resources_init.py.jinja", {}
    for model in client.models:
        yield f"models/{model.module}.py", "model.py.jinja", {"model": model}
    for tag in client.tags:
        yield f"api/{tag.name}/__init__.py", "tag_init.py.jinja", {"tag": tag}
        yield f"resources/{tag.name}.py", "resource.py.jinja", {"tag": tag}
    for operation in client.operations:
        yield f"api/{operation.tag}/{operation.name}.py", "operation.py.jinja", {"operation": operation}


def _text(engine: Environment, template: str, context: dict[str, Any]) -> str:
    try:
        return engine.get_template(template).render(context)
    except Exception as error:  # whatever fails in a template is for its author to see, at its line
        frames = traceback.extract_tb(error.__traceback__)
        places = [(frame.filename, frame.lineno) for frame in frames if frame.filename.endswith(".jinja")]
        file, line = places[-1] if places else (TEMPLATES / template, None)
        what = f"the template fails ({type(error).__name__}: {error})"
        raise Problem(f"{what:.300}", "mend it", file=shown(Path(file)), line=line) from error
