"""The only room of openapi-python-client: its parser reads the lowered contract, its engine renders our templates."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from . import docstrings
from .lowering import Client, lowered
from .problem import Problem, shown
from .schemas import literal

TEMPLATES = Path(__file__).parent / "templates"
VERSION = version("openapi-python-client")


def render(client: Client, folder: Path) -> None:
    """Write the modules of a client into the empty `folder`; raises `Problem` where the generator objects."""
    document = lowered(client)
    engine = _engine(client, document, folder)
    for name, text in _files(client, engine):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _engine(client: Client, document: dict[str, Any], folder: Path) -> Any:
    config = Config.from_sources(ConfigFile(), MetaType.NONE, folder, "utf-8", False, folder)
    data = GeneratorData.from_dict(document, config=config)
    if isinstance(data, GeneratorError):
        raise _refusal(client, f"{data.header} {data.detail or ''}")
    collections = data.endpoint_collections_by_tag.values()
    errors = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if errors:
        raise _refusal(client, f"{errors[0].header} {errors[0].detail or ''}")
    operations = sum(len(collection.endpoints) for collection in collections)
    if (operations, len(data.models)) != (len(client.operations), len(client.models)):
        raise _refusal(client, "it lost an operation or a model")
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.filters.update(docstring=docstrings.quoted, literal=literal, told=docstrings.operation)
    return project.env


def _refusal(client: Client, said: str) -> Problem:
    return Problem(
        f"the generator refuses the lowered contract: {said:.300}", "report this", file=shown(TEMPLATES)
    )


def _files(client: Client, engine: Any) -> list[tuple[str, str]]:
    """The path and text of each file."""

    def text(template: str, **context: Any) -> str:
        return str(engine.get_template(template + ".jinja").render(client=client, **context))

    files = [(name, text(name)) for name in ("__init__.py", "client.py", "errors.py", "types.py")]
    files += [("models/__init__.py", text("models_init.py")), ("api/__init__.py", text("api_init.py"))]
    files += [(f"models/{model.module}.py", text("model.py", model=model)) for model in client.models]
    for tag in sorted({operation.tag for operation in client.operations}):
        files.append((f"api/{tag}/__init__.py", text("tag_init.py", tag=tag)))
    for operation in client.operations:
        path = f"api/{operation.tag}/{operation.name}.py"
        files.append((path, text("operation.py", operation=operation)))
    return files
