"""Server Objects as Python: where the calls go."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .contract import Contract
from .objects import entries
from .runtime.options import checked_url


def server_url(contract: Contract, server: Any) -> str:
    """The URL of a Server Object, its variables at their defaults; raises `Problem` where no call can go there."""
    url: str = server["url"]
    for name, variable in entries(server, "variables").items():
        default: str = variable["default"]
        if default not in variable.get("enum", [default]):
            what = f"the default `{default}` of the variable `{name}` is none of its values"
            raise contract.problem(variable, what, "correct it by an overlay")
        url = url.replace(f"{{{name}}}", default)
    if unknown := re.search("[{}][^{}]*}?", url):
        what = f"the server `{server['url']}` has `{unknown[0]}`, which is no variable"
        raise contract.problem(server, what, "declare it in `variables`, with a default")
    if not _is_usable(url):
        what = f"the server `{url}` is no absolute http or https URL without query and fragment"
        raise contract.problem(server, what, "write it out by an overlay")
    return url.rstrip("/")


def _is_usable(url: str) -> bool:
    try:
        parts = urlsplit(checked_url(url, is_safe=True))
        labels = (parts.hostname or "").split(".")
        return all(labels) and parts.port != 0 and not re.search(r"[\s?#]", url)
    except ValueError:
        return False
