"""The errors of each vendor are one tree, and can travel; what raises them is in scripts/harness/faults.yaml."""

from __future__ import annotations

import copy
import inspect
import pickle

import httpx

from scripts.harness.calls import Target


def test_every_class_has_one_root_and_can_travel(target: Target) -> None:
    tree = target.errors
    for name, kind in inspect.getmembers(tree, inspect.isclass):
        if kind.__module__ == tree.__name__:
            assert issubclass(kind, tree.Error), name
            if issubclass(kind, tree.APIError | tree.MalformedResponse):
                error = kind("told", 400, httpx.Headers({"X-Request-Id": "7"}), b"{}")
            else:
                error = kind("where", "rule", 1) if issubclass(kind, tree.InvalidRequest) else kind("told")
            for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
                assert type(twin) is kind
                assert (str(twin), twin.args[:2]) == (str(error), error.args[:2])
