"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
import respx

from scripts.vendors import ROOT

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
ANSWERS = {
    "api.fonedynamics.com": (200, {"ResponseStatus": {"Message": "OK"}}),
    "api.voximplant.com": (200, {"result": 1, "phone_numbers": [{"phone_number": "+15552850126"}]}),
    "api.twilio.com": (201, {"sid": "XE" + "a" * 32}),
}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """All three vendors, answering with success."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "a" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "my-auth-token")
    with respx.mock(assert_all_called=False) as router:
        for host, (status, body) in ANSWERS.items():
            router.route(host=host).mock(return_value=httpx.Response(status, json=body))
        yield router


@pytest.mark.parametrize("code", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_example_runs(code: str, wire: respx.MockRouter, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    assert len(wire.calls) == 1
    assert capsys.readouterr().out.strip()


def test_every_vendor_it_lists_has_an_example() -> None:
    for name in re.findall(r"\(specs/(\w+)/README\.md\)", README):
        assert sum(re.search(rf"\b{name}\.(Async)?Client\b", code) is not None for code in EXAMPLES) == 1


def test_it_is_short_and_its_links_lead_somewhere() -> None:
    assert len(README.splitlines()) <= 150
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_verb_is_told() -> None:
    from scripts.commands import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert f"`{command.callback.__name__} " in README


def test_every_module_of_the_pipeline_is_told() -> None:
    told = (ROOT / "scripts/README.md").read_text("utf-8")
    modules = [
        path.stem for folder in ("scripts", "scripts/runtime") for path in (ROOT / folder).glob("[!_]*.py")
    ]
    assert [name for name in modules if f"`{name}`" not in told] == []
