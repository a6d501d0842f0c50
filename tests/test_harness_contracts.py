"""A right client of any contract is judged right, whatever the contract has: nothing is found in any family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.contract import Contract
from scripts.harness.families import FAMILIES
from tests.rendering import rendered

CASES = 3
JSON = "application/json"
THING = {"type": "object", "properties": {"a": {"type": "string"}, "n": {"type": "integer", "minimum": 1}}}

TIMES = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]


def doc(
    op: dict[str, Any], method: str = "post", path: str = "/x", comps: Any = None, security: Any = None
) -> Contract:
    """A contract of one operation, which is answered by an object if nothing else is said."""
    usual = {"type": "object", "properties": {"id": {"type": "string"}}}
    answers = {"200": {"description": "Fine.", "content": {JSON: {"schema": usual}}}}
    node = {"operationId": "doX", "tags": ["things"], "summary": "Do it.", "responses": answers, **op}
    return Contract({
        "openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "servers": [{"url": "https://api.test/v1"}],
        "paths": {path: {method: node}}, "components": comps or {}, **({"security": security} if security else {}),
    })  # fmt: skip


def body(kind: str, schema: Any, required: bool = True) -> dict[str, Any]:
    return {"requestBody": {"required": required, "content": {kind: {"schema": schema}}}}


def resp(**answers: Any) -> dict[str, Any]:
    return {"responses": {status.strip("_"): answer for status, answer in answers.items()}}


def schemas(**named: Any) -> dict[str, Any]:
    return {"schemas": named}


def answered(schema: Any) -> dict[str, Any]:
    return resp(_200={"description": "Fine.", "content": {JSON: {"schema": schema}}})


def param(name: str, where: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "schema": schema,
        **({"required": True} if where == "path" else {}),
        **more,
    }


CONTRACTS = {
    "form open": doc(body("application/x-www-form-urlencoded", THING)),
    "form array": doc(
        body(
            "application/x-www-form-urlencoded",
            {"type": "object", "properties": {"l": {"type": "array", "items": {"type": "string"}}}},
        )
    ),
    "json any": doc(body(JSON, {})),
    "json array": doc(
        body(JSON, {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3})
    ),
    "json map": doc(body(JSON, {"type": "object", "additionalProperties": {"type": "integer"}})),
    "octet": doc(body("application/octet-stream", {"type": "string", "format": "binary"})),
    "octet max": doc(
        body("application/octet-stream", {"type": "string", "format": "binary", "maxLength": 10})
    ),
    "multi files": doc(
        body(
            "multipart/form-data",
            {
                "type": "object",
                "required": ["fs"],
                "properties": {
                    "fs": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "t": {"type": "string"},
                },
            },
        )
    ),
    "multi max": doc(
        body(
            "multipart/form-data",
            {
                "type": "object",
                "required": ["f"],
                "properties": {
                    "f": {"type": "string", "format": "binary", "maxLength": 10},
                    "t": {"type": "string"},
                },
            },
        )
    ),
    "user agent": doc({"parameters": [param("User-Agent", "header", {"type": "string"})]}, "get"),
    "time or date": doc({"parameters": [param("q", "query", {"anyOf": TIMES})]}),
    "time or date in a body": doc(body(JSON, {"type": "object", "properties": {"t": {"anyOf": TIMES}}})),
    "windows-1252": doc(body("text/plain; charset=windows-1252", {"type": "string"})),
    "iso-8859-15": doc(body("text/plain; charset=iso-8859-15", {"type": "string"})),
    "utf-16": doc(body("text/plain; charset=utf-16", {"type": "string"})),
    "get": doc(
        {
            "parameters": [
                {"name": "q", "in": "query", "schema": {"type": ["string", "null"]}},
                {
                    "name": "ids",
                    "in": "query",
                    "schema": {"type": "array", "items": {"type": "integer"}},
                    "explode": False,
                },
            ]
        },
        "get",
    ),
    "header array": doc(
        {
            "parameters": [
                {"name": "X-L", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "c", "in": "cookie", "schema": {"type": "string"}},
            ]
        },
        "get",
    ),
    "json param": doc(
        {"parameters": [{"name": "f", "in": "query", "content": {JSON: {"schema": THING}}}]}, "get"
    ),
    "path int": doc(
        {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]},
        "delete",
        "/x/{id}",
    ),
    "204": doc(resp(_204={"description": "None"}), "delete"),
    "default": doc(resp(default={"description": "Any", "content": {JSON: {"schema": THING}}})),
    "text": doc(
        resp(_200={"description": "T", "content": {"text/csv": {"schema": {"type": "string"}}}}), "get"
    ),
    "bytes": doc(
        resp(
            _200={
                "description": "T",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }
        ),
        "get",
    ),
    "oneof open": doc(
        resp(
            _200={
                "description": "T",
                "content": {
                    JSON: {
                        "schema": {
                            "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]
                        }
                    }
                },
            }
        ),
        "get",
        comps={
            "schemas": {
                "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}},
            }
        },
    ),
    "anyof prim": doc(
        resp(
            _200={
                "description": "T",
                "content": {JSON: {"schema": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}},
            }
        ),
        "get",
    ),
    "head": doc(resp(_200={"description": "T"}), "head"),
    "bearer": doc(
        {}, security=[{"b": []}], comps={"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}}
    ),
    "query key or basic": doc(
        {},
        security=[{"k": []}, {"b": []}],
        comps={
            "securitySchemes": {
                "b": {"type": "http", "scheme": "basic"},
                "k": {"type": "apiKey", "in": "query", "name": "key"},
            }
        },
    ),
    "both": doc(
        {},
        security=[{"k": [], "b": []}],
        comps={
            "securitySchemes": {
                "b": {"type": "http", "scheme": "basic"},
                "k": {"type": "apiKey", "in": "header", "name": "X-Key"},
            }
        },
    ),
    "nested": doc(
        body(JSON, {"$ref": "#/components/schemas/N"}),
        comps={
            "schemas": {
                "N": {
                    "type": "object",
                    "required": ["v"],
                    "properties": {
                        "v": {"type": "string", "pattern": "^[A-Z]{2}$"},
                        "kids": {"type": "array", "items": {"$ref": "#/components/schemas/N"}},
                    },
                }
            }
        },
    ),
    "dates": doc(
        body(
            JSON,
            {
                "type": "object",
                "properties": {
                    "d": {"type": "string", "format": "date"},
                    "t": {"type": "string", "format": "date-time"},
                    "u": {"type": "string", "format": "uuid"},
                },
            },
        )
    ),
    "enums": doc(
        {
            "parameters": [
                {
                    "name": "e",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "string", "enum": ["a", "b"]},
                },
                {"name": "i", "in": "query", "schema": {"type": "integer", "enum": [1, 2]}},
            ]
        },
        "get",
    ),
    "4xx": doc(
        resp(
            _200={"description": "ok"},
            _4XX={
                "description": "no",
                "content": {
                    JSON: {
                        "schema": {
                            "type": "object",
                            "properties": {"code": {"type": "integer"}},
                            "x-error": {"code": "/code"},
                        }
                    }
                },
            },
        )
    ),
    "deps": doc(
        {
            "parameters": [
                {"name": "a", "in": "query", "schema": {"type": "string"}},
                {"name": "b", "in": "query", "schema": {"type": "string"}},
            ],
            "x-dependencies": ["OnlyOne(a, b);"],
        },
        "get",
    ),
    "map answer": doc(
        resp(
            _200={
                "description": "T",
                "content": {
                    JSON: {
                        "schema": {
                            "type": "object",
                            "additionalProperties": {"type": "array", "items": {"type": "number"}},
                        }
                    }
                },
            }
        ),
        "get",
    ),
    "idem": doc({"x-idempotent": True, **body(JSON, THING, False)}),
    "deep": doc({"parameters": [param("f", "query", THING, style="deepObject", explode=True)]}, "get"),
    "delims": doc(
        {
            "parameters": [
                param(
                    "a",
                    "query",
                    {"type": "array", "items": {"type": "string"}},
                    style="pipeDelimited",
                    explode=False,
                ),
                param(
                    "b",
                    "query",
                    {"type": "array", "items": {"type": "integer"}, "minItems": 1, "uniqueItems": True},
                    style="spaceDelimited",
                    explode=False,
                    required=True,
                ),
            ]
        },
        "get",
    ),
    "two in segment": doc(
        {
            "parameters": [
                param("a", "path", {"type": "string"}),
                param("b", "path", {"type": "string", "pattern": "^[a-z]+$"}),
            ]
        },
        "get",
        "/x/{a}:{b}",
    ),
    "matrix": doc(
        {
            "parameters": [
                param("a", "path", {"type": "string"}, style="matrix"),
                param("b", "path", {"type": "array", "items": {"type": "string"}}, style="label"),
            ]
        },
        "get",
        "/x/{a}/{b}",
    ),
    "names": doc(
        {
            "parameters": [
                param("class", "query", {"type": "string"}),
                param("self", "query", {"type": "string"}),
                param("from", "query", {"type": "string"}),
                param("x-y", "query", {"type": "string"}),
                param("client", "query", {"type": "string"}),
                param("body", "query", {"type": "string"}),
                param("timeout", "query", {"type": "integer"}),
            ],
            **body(
                JSON,
                {
                    "type": "object",
                    "properties": {
                        "class": {"type": "string"},
                        "headers": {"type": "string"},
                        "timeout": {"type": "integer"},
                        "additional_properties": {"type": "string"},
                        "to_dict": {"type": "string"},
                    },
                },
            ),
        }
    ),
    "same names": doc(
        {
            "parameters": [
                param("id", "path", {"type": "string"}),
                param("id", "query", {"type": "string"}),
                param("id", "header", {"type": "string"}),
            ],
            **body(JSON, {"type": "object", "properties": {"id": {"type": "string"}}}),
        },
        "put",
        "/x/{id}",
    ),
    "numbers": doc(
        body(
            JSON,
            {
                "type": "object",
                "properties": {
                    "a": {"type": "number", "multipleOf": 0.01},
                    "b": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
                    "c": {"type": "integer", "format": "int64"},
                    "d": {"type": "number", "minimum": -1.5, "maximum": 1.5},
                    "e": {"const": 7},
                    "f": {"type": ["integer", "null"], "minimum": 3},
                },
            },
        )
    ),
    "ro wo": doc(
        {**body(JSON, {"$ref": "#/components/schemas/U"}), **answered({"$ref": "#/components/schemas/U"})},
        comps=schemas(
            U={
                "type": "object",
                "required": ["id", "name", "pw"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "name": {"type": "string"},
                    "pw": {"type": "string", "writeOnly": True},
                },
            }
        ),
    ),
    "allof": doc(
        {
            **body(
                JSON,
                {
                    "allOf": [
                        {"$ref": "#/components/schemas/A"},
                        {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}},
                    ]
                },
            )
        },
        comps=schemas(A={"type": "object", "properties": {"a": {"type": "string"}}}),
    ),
    "discr": doc(
        {**body(JSON, {"$ref": "#/components/schemas/P"}), **answered({"$ref": "#/components/schemas/P"})},
        comps=schemas(
            P={
                "oneOf": [{"$ref": "#/components/schemas/C"}, {"$ref": "#/components/schemas/D"}],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"cat": "#/components/schemas/C", "dog": "#/components/schemas/D"},
                },
            },
            C={
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"type": "string"}, "m": {"type": "integer"}},
            },
            D={
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"type": "string"}, "w": {"type": "string"}},
            },
        ),
    ),
    "vnd": doc(
        {
            **body("application/vnd.x+json", THING),
            **resp(
                _201={"description": "C", "content": {"application/vnd.x+json; version=2": {"schema": THING}}}
            ),
        }
    ),
    "merge": doc(body("application/merge-patch+json", THING), "patch"),
    "text body": doc(body("text/plain", {"type": "string", "minLength": 1})),
    "several bodies": doc(
        {
            "requestBody": {
                "content": {JSON: {"schema": THING}, "application/x-www-form-urlencoded": {"schema": THING}}
            }
        }
    ),
    "options": doc({}, "options"),
    "trace": doc({}, "trace"),
    "3xx": doc(
        resp(_200={"description": "ok"}, _302={"description": "moved"}, _304={"description": "same"}), "get"
    ),
    "5xx docs": doc(
        resp(
            _200={"description": "ok", "content": {JSON: {"schema": THING}}},
            _503={"description": "busy", "x-not-processed": True, "content": {JSON: {"schema": THING}}},
        )
    ),
    "range 2XX": doc(resp(_2XX={"description": "ok", "content": {JSON: {"schema": THING}}})),
    "wild": doc(
        resp(
            _200={"description": "ok", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
        ),
        "get",
    ),
    "image": doc(resp(_200={"description": "ok", "content": {"image/*": {}}}), "get"),
    "two kinds": doc(
        resp(
            _200={
                "description": "ok",
                "content": {JSON: {"schema": THING}, "text/plain": {"schema": {"type": "string"}}},
            }
        ),
        "get",
    ),
    "cookie key": doc(
        {},
        security=[{"c": []}],
        comps={"securitySchemes": {"c": {"type": "apiKey", "in": "cookie", "name": "sid"}}},
    ),
    "oauth": doc(
        {},
        security=[{"o": ["read"]}, {}],
        comps={
            "securitySchemes": {
                "o": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "https://a.test/t", "scopes": {"read": "R"}}},
                }
            }
        },
    ),
    "tls": doc({}, security=[{"m": []}], comps={"securitySchemes": {"m": {"type": "mutualTLS"}}}),
    "x-failure": doc(
        answered({"oneOf": [{"$ref": "#/components/schemas/Ok"}, {"$ref": "#/components/schemas/Bad"}]}),
        comps=schemas(
            Ok={"type": "object", "required": ["result"], "properties": {"result": {"type": "integer"}}},
            Bad={
                "type": "object",
                "required": ["error"],
                "x-failure": True,
                "x-error": {"code": "/error/code", "message": "/error/msg"},
                "properties": {
                    "error": {
                        "type": "object",
                        "required": ["code"],
                        "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}},
                    }
                },
            },
        ),
    ),
    "defaults": doc(
        {
            "parameters": [
                param("n", "query", {"type": "integer", "default": 20}),
                param("s", "query", {"type": "string", "enum": ["a", "b"], "default": "a"}),
                param("t", "header", {"type": "boolean", "default": False}),
            ],
            **body(
                JSON,
                {
                    "type": "object",
                    "properties": {
                        "k": {"type": "string", "default": "z"},
                        "l": {"type": "array", "items": {"type": "string"}, "default": ["q"]},
                    },
                },
                False,
            ),
        }
    ),
    "deps2": doc(
        {
            "parameters": [
                param("a", "query", {"type": "string"}),
                param("b", "query", {"type": "string"}),
                param("c", "query", {"type": "integer"}),
            ],
            "x-dependencies": ["IF a THEN b;", "Or(b, c);"],
        },
        "get",
    ),
    "map of models": doc(
        {
            **body(JSON, {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/A"}}),
            **answered({"type": "array", "items": {"$ref": "#/components/schemas/A"}}),
        },
        comps=schemas(
            A={
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string"}, "when": {"type": "string", "format": "date-time"}},
            }
        ),
    ),
    "closed": doc(
        body(
            JSON,
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["a"],
                "properties": {
                    "a": {"type": "string", "maxLength": 3},
                    "b": {"type": "string", "enum": ["", "x"]},
                },
            },
        )
    ),
    "props": doc(
        body(
            JSON,
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 2,
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}},
            },
        )
    ),
    "nullable enum": doc(
        {
            **body(
                JSON,
                {"type": "object", "properties": {"e": {"type": ["string", "null"], "enum": ["a", None]}}},
            ),
            **answered({"type": ["object", "null"], "properties": {"x": {"type": "string"}}}),
        }
    ),
    "anyof models": doc(
        body(JSON, {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}),
        comps=schemas(
            A={"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            B={"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}},
        ),
    ),
    "multi json": doc(
        {
            "requestBody": {
                "required": True,
                "content": {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "required": ["m"],
                            "properties": {
                                "m": THING,
                                "l": {"type": "array", "items": THING},
                                "s": {"type": "array", "items": {"type": "string"}},
                            },
                        },
                        "encoding": {"m": {"contentType": "application/json"}},
                    }
                },
            }
        }
    ),
    "form styles": doc(
        {
            "requestBody": {
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "properties": {"l": {"type": "array", "items": {"type": "string"}}, "o": THING},
                        },
                        "encoding": {
                            "l": {"style": "form", "explode": False},
                            "o": {"style": "deepObject", "explode": True},
                        },
                    }
                }
            }
        }
    ),
    "server op": doc(
        {
            "servers": [
                {"url": "https://other.test/{v}", "variables": {"v": {"default": "v2", "enum": ["v2", "v3"]}}}
            ]
        }
    ),
    "big array": doc(
        answered({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}), "get"
    ),
}


EACH = ("requests", "refusals", "answers")
"""Families that are about all that a contract has; the others are tried with every third."""


@pytest.mark.parametrize(("number", "contract"), [*enumerate(CONTRACTS.values())], ids=CONTRACTS)
def test_nothing_is_found_in_a_right_client(package: Path, number: int, contract: Contract) -> None:
    target = rendered(package, contract=contract)
    families = FAMILIES if number % 3 == 0 else EACH
    checks = [check for name in families for check in FAMILIES[name](target, CASES)]
    assert len(checks) > 50
    assert [str(check.finding) for check in checks if check.finding] == []
