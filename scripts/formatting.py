"""Rendered modules made tidy by ruff, whatever the user's settings and working folder."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .problem import Problem, shown

_PLAINLY = ("--isolated", "--no-cache", "--quiet", "--no-respect-gitignore", "--config=exclude=[]")
_STYLE = ("--line-length=110", "--target-version=py311", ".")


def tidy(folder: Path, sources: Mapping[Path, Path]) -> None:
    """Remove imports that are not needed, sort the others, and format all modules below `folder`.

    Raises `Problem` for a module that is not Python, naming what it was made from according to `sources`.
    """
    for command in (("check", "--fix", "--select=F401,I"), ("format",)):
        ruff = [sys.executable, "-m", "ruff", *command, *_PLAINLY, *_STYLE]
        done = subprocess.run(ruff, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            _refuse_what_is_not_python(sources)
            what = f"ruff cannot format what was rendered: {done.stdout.decode('utf-8', 'replace'):.300}"
            raise Problem(what, "nothing was changed; make room or report this", file=shown(folder))


def _refuse_what_is_not_python(sources: Mapping[Path, Path]) -> None:
    for path, source in sources.items():
        if path.suffix != ".py":
            continue
        try:
            ast.parse(path.read_bytes())
        except SyntaxError as error:
            text = (error.text or "").strip()
            lines = [line.strip() for line in source.read_text("utf-8").splitlines()]
            line = lines.index(text) + 1 if text in lines else None
            what = f"gives {path.name} the line {error.lineno} `{text}`, which is not Python ({error.msg})"
            raise Problem(what, "mend it", file=shown(source), line=line) from None
