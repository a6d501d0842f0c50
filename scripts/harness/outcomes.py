"""What an answer has to come to, by the contract: a value, an error of which class that says what, or no sense."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial, reduce
from http import HTTPStatus
from typing import Any

import httpx

from ..contract import Contract
from ..kinds import is_object
from ..marks import keys_of, step
from ..objects import entries
from .arguments import Unfit, unset
from .called import Called, called
from .calls import Outcome, Target
from .findings import Finding, parted
from .programs import program
from .reader import Difference, to_json, unlike
from .replies import Reply, documented
from .shapes import Shape, shape
from .wire import same

_REPEATABLE = {"get", "head", "options", "trace", "put", "delete"}
_RENAMED = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
            418: "I'm a Teapot", 422: "Unprocessable Content"}  # fmt: skip
"""Phrases of RFC 9110 that not all Pythons know."""
_RANGES = {"3XX": "Redirection", "4XX": "ClientError"}


def is_idempotent(operation: Called) -> bool:
    """Whether the call may be sent twice."""
    said: bool | None = operation.node.get("x-idempotent")
    return operation.method in _REPEATABLE if said is None else said


def is_certain(operation: Called, code: int) -> bool:
    """Whether a failure with a status leaves no doubt about what it did."""
    response = documented(operation).get(key_of(operation, code) or "", {})
    return is_idempotent(operation) or response.get("x-not-processed") is True


def deciding(operation: Called, key: str | None, otherwise: str) -> str:
    """The pointer of what says whether a call may be sent again after an answer that is documented by this key."""
    response = documented(operation).get(key or "", {})
    holders = [(response, "x-not-processed"), (operation.node, "x-idempotent")]
    found = (f"{operation.contract.pointers[id(node)]}/{name}" for node, name in holders if name in node)
    return next(found, otherwise)


def key_of(operation: Called, code: int) -> str | None:
    """How the contract documents a status: as itself, as one of its hundred, by default, or not."""
    keys = (str(code), f"{code // 100}XX", "default")
    return next((key for key in keys if key in documented(operation)), None)


def differences(target: Target, reply: Reply, ended: Outcome, *, whole: bool) -> Iterator[Difference]:
    """How a call that was answered by `reply` should not have ended; `whole` where it gives any answer."""
    at = reply.rule
    if len(ended.sent) != 1:
        yield Difference(at, "one request", f"{len(ended.sent)} requests; {shown(ended)}")
        return
    fails = _is_failure(target.operation, reply)
    if whole and (reply.fits or fails):
        yield from _whole(target, reply, ended)
    elif fails:
        yield from _failure(target, reply, ended)
    elif reply.fits:
        if ended.error is not None:
            yield Difference(at, f"{_shown(reply)} as a value", shown(ended))
        else:
            yield from _read(target.operation, reply, ended.value)
    else:
        yield from _malformed(target, reply, ended)


def shown(ended: Outcome) -> str:
    """How a call ended, in short."""
    return f"{ended.value!r:.300}" if ended.error is None else f"{ended.error!r:.300}"


def finding(
    target: Target,
    family: str,
    difference: Difference,
    function: str,
    arguments: Mapping[str, Any],
    answer: httpx.Response | Exception | None,
    **options: Any,
) -> Finding:
    """The finding of a difference in a call of `function`, whatever its credentials."""
    text = program(target, function, arguments, answer, secrets=plain_secrets(target), **options)
    return Finding(
        target, family, difference.rule, f"{difference.wanted}, by {function}", difference.found, text
    )


@cache
def plain_secrets(target: Target) -> dict[str, str] | None:
    """Short secrets for the first security requirement, or None where a client cannot be made of these."""
    try:
        secrets = dict.fromkeys(target.secrets(target.operation.requirements[0]), "secret")
    except (Unfit, IndexError):
        return None
    return None if target.refusal(secrets=secrets) else secrets


def _shown(reply: Reply) -> str:
    return f"status {reply.code} with {reply.content[:300]!r}"


def _shape(operation: Called, reply: Reply) -> Shape:
    media = entries(documented(operation)[reply.status], "content")[reply.media_type]
    return shape(operation.contract, operation.carried(reply.media_type, media))


def _is_failure(operation: Called, reply: Reply) -> bool:
    """Whether it says that the call failed: by its status, its shape, or by a code where a failure has one."""
    if reply.code >= 300:
        return True
    failing = [each for each in faults(operation, reply.status) if _fails(each)]
    places = [said["code"] for each in failing for said in each.all("x-error") if "code" in said]
    return any(each.fits(reply.value) for each in failing) or any(
        _pointed(reply.value, at) is not None for at in places
    )


def is_doubtful(operation: Called, reply: Reply) -> bool:
    """Whether a failure in a status of success may be none: its code is empty, or it has what a success has."""
    if reply.code >= 300 or is_certain(operation, reply.code):
        return False
    known = faults(operation, reply.status if reply.fits else None)
    failing = [each for each in known if _fails(each) and (not reply.fits or each.fits(reply.value))]
    places = [said["code"] for each in failing for said in each.all("x-error") if "code" in said]
    codes = [code for at in places if (code := _pointed(reply.value, at, ...)) is not ...]
    if codes and not any(codes):
        return True
    names = {name for each in failing for name in each.properties}
    sure = [each for each in _leaves(operation, "2") if not (_fails(each) or names.issuperset(each.required))]
    more = {name for each in _leaves(operation, "2") if not _fails(each) for name in each.properties} - names
    has_more = is_object(reply.value) and any(reply.value.get(name) for name in more)
    return has_more or any(each.fits(reply.value) for each in sure)


def faults(operation: Called, status: str | None = None) -> list[Shape]:
    """The shapes of failures that answers document, with this status or any."""
    return [leaf for leaf in _leaves(operation, status or "") if leaf.all("x-error") or _fails(leaf)]


def _leaves(operation: Called, start: str) -> list[Shape]:
    """The shapes that answers document with a status that begins so."""
    responses = [node for key, node in documented(operation).items() if key.startswith(start)]
    media = [each for response in responses for each in entries(response, "content").values()]
    return [leaf for each in media for leaf in shape(operation.contract, each.get("schema", True)).leaves]


def _fails(leaf: Shape) -> bool:
    """Whether it is the shape of a failure, whatever the status."""
    return True in leaf.all("x-failure")


def _pointed(value: Any, at: str, nowhere: Any = None) -> Any:
    """What a JSON pointer leads to; `nowhere` where it leads nowhere."""
    try:
        return reduce(step, keys_of(at), value)
    except LookupError:
        return nowhere


def _read(operation: Called, reply: Reply, parsed: Any) -> Iterator[Difference]:
    """How what was parsed of a fitting answer differs from it."""
    if not reply.media_type or operation.method == "head":
        if parsed is not None:
            yield Difference(reply.rule, "None for an answer without documented content", repr(parsed))
    elif "json" in reply.media_type:
        yield from unlike(_shape(operation, reply), reply.value, parsed)
        if (kept := _attempt(lambda: [copy.deepcopy(parsed), pickle.loads(pickle.dumps(parsed))])) != [
            parsed
        ] * 2:
            yield Difference(
                reply.rule, f"copies, by copy and by pickle, of {parsed!r:.300}", f"{kept!r:.600}"
            )
        elif not all(json.dumps(to_json(each)) == json.dumps(to_json(parsed)) for each in kept):
            yield Difference(
                reply.rule, f"copies that are written alike, of {parsed!r:.300}", f"{kept!r:.600}"
            )
        again = _attempt(partial(to_json, parsed))
        if not same(again, reply.value):
            one, other = parted(repr(reply.value), repr(again))
            yield Difference(reply.rule, f"the answer back from to_dict(): {one}", other)
        made: Any = parsed.__class__
        if hasattr(made, "from_dict") and (read := _attempt(partial(made.from_dict, again))) != parsed:
            one, other = parted(repr(parsed), repr(read))
            yield Difference(reply.rule, f"the same model from from_dict(): {one}", other)
    else:
        wanted = reply.value if reply.media_type.lower().startswith("text/") else reply.content
        if parsed != wanted:
            yield Difference(reply.rule, *parted(repr(wanted), repr(parsed)))


def _attempt(made: Callable[[], Any]) -> Any:
    """What is made, or the exception that is raised instead."""
    try:
        return made()
    except Exception as error:
        return error


def _whole(target: Target, reply: Reply, ended: Outcome) -> Iterator[Difference]:
    if ended.error is not None:
        yield Difference(reply.rule, f"no error for {_shown(reply)}", shown(ended))
        return
    got = ended.value
    if (got.status_code, got.status, got.content) != (reply.code, reply.code, reply.content):
        yield Difference(reply.rule, _shown(reply), f"status {got.status_code} with {got.content[:300]!r}")
    if got.headers.get("content-type", "") != reply.content_type:
        yield Difference(
            reply.rule, f"the header content-type: {reply.content_type}", f"{got.headers!r:.300}"
        )
    if reply.fits:
        yield from _read(target.operation, reply, got.parsed)
    elif got.parsed is not None:
        yield Difference(reply.rule, f"nothing parsed of {_shown(reply)}", f"{got.parsed!r:.300}")


def _malformed(target: Target, reply: Reply, ended: Outcome) -> Iterator[Difference]:
    wanted = target.errors.MalformedResponse
    kept = ended.error is not None and (
        getattr(ended.error, "status", 0),
        getattr(ended.error, "content", b""),
    )
    if not isinstance(ended.error, wanted) or kept != (reply.code, reply.content):
        yield Difference(
            reply.rule, f"MalformedResponse for {_shown(reply)}, with its status and bytes", shown(ended)
        )
        return
    error: Any = ended.error
    place = f" {error.where}" if error.where else ""
    told = "missing (required)" if error.expected == "required" else f"expected {error.expected}, got "
    is_told = not error.expected or f"{place}: {told}" in str(error)
    if (
        not is_told
        or not isinstance(error.expected, str)
        or (error.expected == "required") != (error.got is unset())
    ):
        yield Difference(reply.rule, f"a message with `{place}: {told}`", str(error))


def _failure(target: Target, reply: Reply, ended: Outcome) -> Iterator[Difference]:
    """How the error of an answer that says that the call failed is not what it says."""
    if not isinstance(ended.error, target.errors.APIError):
        yield Difference(reply.rule, f"an APIError for {_shown(reply)}", shown(ended))
    else:
        yield from _of_error(target, reply, ended.error)


def _of_error(target: Target, reply: Reply, error: Any) -> Iterator[Difference]:
    tree, at, operation = target.errors, reply.rule, target.operation
    code, message, details = said(operation, reply)
    if _accepted(operation, reply) and is_object(reply.value):
        told = (error.code, error.message, error.details)
        if not all(map(same, told, (code, message, details))):
            one, other = parted(repr((code, message, details)), repr(told))
            yield Difference(_of_fields(operation, at), f"code, message and details {one}", other)
    if (error.status, error.content) != (reply.code, reply.content):
        yield Difference(at, _shown(reply), f"status {error.status} with {error.content[:300]!r}")
    name = _class(operation, reply, code)
    if not any(each.__name__ == name for each in type(error).__mro__):
        yield Difference(at, f"{name} for {_shown(reply)}", repr(error))
    uncertain = is_doubtful(operation, reply) or (reply.code >= 500 and not is_certain(operation, reply.code))
    if isinstance(error, tree.OutcomeUnknown) != uncertain:
        wanted = "an OutcomeUnknown" if uncertain else "no OutcomeUnknown"
        yield Difference(
            deciding(operation, reply.status, at) if reply.code >= 500 else at,
            f"{wanted} for {_shown(reply)}",
            " ".join(each.__name__ for each in type(error).__mro__),
        )
    if reply.fits:
        yield from _read(operation, reply, error.parsed)
    elif error.parsed is not None:
        yield Difference(at, f"nothing parsed of {_shown(reply)}", f"{error.parsed!r:.300}")
    yield from unasked(target, error)


def unasked(target: Target, error: Any) -> Iterator[Difference]:
    """How an error that leaves open what was done does not name the call that can tell, where there is one."""
    wanted = target.asked
    if not isinstance(error, target.errors.OutcomeUnknown):
        return
    if error.ask != wanted or (wanted or "") not in str(error):
        at = f"{target.at}/x-ask" if wanted else target.at
        yield Difference(at, f"{wanted} as the call that can tell", repr(error))


def _accepted(operation: Called, reply: Reply) -> bool:
    """Whether the contract says clearly where the failure has its code: where it fits, or everywhere alike."""
    fields = {json.dumps(said) for each in faults(operation) for said in each.all("x-error")}
    return reply.fits or len(fields) <= 1


def said(operation: Called, reply: Reply) -> tuple[Any, Any, Any]:
    """The code, the message and the details of a failure, by the pointers of the contract."""
    for field in _fields(operation, reply):
        code, message, details = (
            _pointed(reply.value, field[name]) if name in field else None
            for name in ("code", "message", "details")
        )
        return (
            code if isinstance(code, str | int) else None,
            message if isinstance(message, str) else None,
            details,
        )
    return None, None, None


def _fields(operation: Called, reply: Reply) -> list[Any]:
    """What the contract says of the fields of a failure."""
    known = faults(operation, reply.status if reply.fits else None)
    fitting = [each for each in known if each.fits(reply.value)] if reply.fits else known
    return [field for each in fitting for field in each.all("x-error")]


def _of_fields(operation: Called, otherwise: str) -> str:
    found = (
        f"{each.pointer(part)}/x-error"
        for each in faults(operation)
        for part in each.parts
        if "x-error" in part
    )
    return next(found, otherwise)


def _class(operation: Called, reply: Reply, code: Any) -> str:
    """The name of the class that an error has, or inherits from."""
    if is_doubtful(operation, reply):
        return "UncertainFailure"
    is_open = reply.code >= 500 and not is_certain(operation, reply.code)
    if not is_open and any(
        same(code, each) for f in _fields(operation, reply) for each in f.get("authentication", ())
    ):
        return "AuthenticationError"
    if reply.code in (401, 429):
        return "AuthenticationError" if reply.code == 401 else "RateLimited"
    known = _statuses(operation.contract)
    if reply.code >= 500:
        has_own = known.get(str(reply.code)) is is_open
        return phrase(reply.code) if has_own else "UncertainServerError" if is_open else "ServerError"
    if reply.code >= 300 and str(reply.code) in known:
        return phrase(reply.code)
    whole = f"{reply.code // 100}XX"
    return _RANGES.get(whole, "APIError") if whole in known else "APIError"


@cache
def _statuses(contract: Contract) -> dict[str, bool]:
    """The statuses that operations document, and whether one of these leaves open what a failure with it did.

    Each has a class, whichever operation raises it.
    """
    found: dict[str, bool] = {}
    for each in called(contract):
        for status in documented(each):
            is_open = status.isdecimal() and not is_certain(each, int(status))
            found[status] = found.get(status, False) or is_open
    return found


def phrase(code: int) -> str:
    """The name of a status as that of a class."""
    try:
        words = _RENAMED.get(code) or HTTPStatus(code).phrase
    except ValueError:
        return f"Status{code}"
    return "".join(filter(str.isalnum, "".join(f"{word[0].upper()}{word[1:]}" for word in words.split())))
