# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service answered: data, or an error that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from .._core.errors import NxaiError, Refused, Unexpected
from .._core.limits import TooLarge, read_json
from .._core.redaction import one_line
from .._core.values import mapping
from .body import MOST_OF_AN_ERROR
from .memory import Body, TooMuch
from .operation import Operation

SESSION_OVER = (419, 440)  # of no standard: what web frameworks answer where a session has ended
LATER = "The service is not available now. Run the task again later."
ADVICE = {
    400: "The service did not understand the request. Check the values given; if they are right, please report this.",
    401: "The token is missing, wrong or expired. Get a new one, or set what it can be renewed with (refresh_token or "
    "username and password, and cloud_url). If it is good, the service may want it in another form: see auth_scheme "
    "(auth.scheme of the contract).",
    403: "The token may not do this. Check the account's rights, act_as, token_scope, and try auth_scheme: raw.",
    404: "It is not there, or the token may not see it (this service can answer 404 to a token that may not write). "
    "Check the name or UUID, the address and act_as.",
    409: "It was changed at the same time, or is in use. Look at its state and run the task again.",
    413: "The request is larger than the service, or a proxy on the way, accepts: for the file of a model, or for the "
    "pipelines of many devices, of which batch_size sends fewer at a time.",
    422: "The service understood the request but cannot do it. Correct what its message names.",
    429: "Too many requests. Run the task again later, or raise retries and retry_budget.",
    408: LATER,
    500: "The service failed. It may also answer so to a wrong token, or to one in another form (auth_scheme, or "
    "auth.scheme of the contract): check that first, then try again later.",
}
NOT_THE_API = "Check that api_url and cloud_url name the services themselves, not a portal, proxy or sign-in page."
_MAY_BE_OVER = (
    "A token that is over, or was cut short, may be answered so, too. Then get a new one (token, or auth_scheme)."
)
_ACT_AS = (
    "Say for whom you act: set act_as (auth.act_as of the contract). nxai_organisation_info lists the "
    "organisations and channel partners of the account."
)
_NOT_LET_THROUGH = (
    "A web page says so, and not the API: a firewall or proxy on the way may have refused the request. Ask whoever "
    "runs it. If there is none, check the token: auth_scheme, token_scope and act_as."
)
_FEWER = "Name fewer sites, and do the others in another task. If they are few already, check api_url and any proxy."


@dataclass(frozen=True)
class Answer:
    """A good answer: ``data`` is the decoded JSON, or None for an empty body."""

    status: int
    headers: Mapping[str, str]
    data: Any
    tried: str = ""


# Is given each call with its query, and what came of it.
Heard: TypeAlias = "Callable[[Operation, Mapping[str, str], Answer | NxaiError], None]"


def unheard(_operation: Operation, _query: Mapping[str, str], _outcome: Answer | NxaiError) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire, good or bad. Of a bad one there is only the beginning."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: Body = field(repr=False)


def read_answer(
    operation: Operation, tried: str, reply: Reply, clean: Callable[[str], str], lost_before: bool = False
) -> Answer:
    """The data of a good answer. Raises ``Refused`` for an error status, ``Unexpected`` for what is not JSON."""
    if not 200 <= reply.status < 300:
        raise replace(refused(tried, reply, clean), lost_before=lost_before)
    wrong = reply.body.wrong
    # A body that nobody reads need not be JSON. A web page, though, means that something else answered.
    if wrong is not None and (operation.relies_on or _is_page(reply)):
        raise _not_json(tried, reply, clean, wrong)
    return Answer(reply.status, reply.headers, reply.body.data, tried)


def refused(tried: str, reply: Reply, clean: Callable[[str], str]) -> Refused:
    """The error for a status that is not success, with the service's own words."""
    body = _error_body(reply)
    words = _message(body) or _excerpt(reply)
    answer = f"HTTP {reply.status} {reply.reason}".rstrip()
    if words:
        answer += f": {words}"
    if "Retry-After" in reply.headers:
        answer += f" (Retry-After: {reply.headers['Retry-After']})"
    if 300 <= reply.status < 400:
        advice = f"{NOT_THE_API} {_MAY_BE_OVER}"
    elif reply.status in SESSION_OVER:
        advice = ADVICE[401]
    elif reply.status in (400, 403) and asks_to_act(words):
        advice = _ACT_AS
    elif reply.status == 403 and _is_page(reply):
        advice = _NOT_LET_THROUGH
    else:
        advice = ADVICE.get(reply.status, LATER if reply.status > 500 else ADVICE[400])
    code = next((value for name in ("error", "resultCode") if isinstance(value := body.get(name), str)), "")
    answer, code = (one_line(clean(each)) for each in (answer, code))
    return Refused(tried, answer, advice, reply.status, fields=_fields(body, clean), code=code)


def asks_to_act(words: str) -> bool:
    """Whether a refusal is for want of the headers that say for whom one acts."""
    return re.search(r"\b(x[-_ ])?act[-_ ]as\b", words, re.IGNORECASE) is not None


def says_unauthorised(reply: Reply) -> bool:
    """Whether the service says of the token, in so many words, that it is not good."""
    good = 200 <= reply.status < 300
    body = mapping(reply.body.data) if good else _error_body(reply)
    return any(value is True and name.lower() == "authorizationinvalid" for name, value in body.items())


def may_be_sign_in(reply: Reply) -> bool:
    """Whether it may be the way to a page to sign in, where data was asked for."""
    if reply.status in (302, 303):
        return True
    return 200 <= reply.status < 300 and reply.body.wrong is not None and _is_page(reply)


def with_way(error: NxaiError, signed_in: str) -> NxaiError:
    """Where a token is refused, it helps to know which one it was."""
    if error.status not in (401, 403) or not signed_in:
        return error
    return replace(error, advice=f"{error.advice} The sign-in was {signed_in}.".strip())


def _not_json(tried: str, reply: Reply, clean: Callable[[str], str], error: ValueError) -> Unexpected:
    if isinstance(error, TooLarge):
        answer = f"HTTP {reply.status} with JSON past all reason: {error}"
        advice = "Check api_url and any proxy: the service has no such answer."
        if isinstance(error, TooMuch):
            answer, advice = f"HTTP {reply.status}, but {error}", _FEWER
        return Unexpected(tried, answer, advice, reply.status)
    if _is_page(reply):
        what, advice = "a web page instead of JSON", f"{NOT_THE_API} {_MAY_BE_OVER}"
    else:
        what, advice = "not JSON, or JSON cut short", "Run the task again. If it stays, check api_url and any proxy."
    answer = f"HTTP {reply.status} with {what}: {_excerpt(reply)}"
    return Unexpected(tried, one_line(clean(answer)), advice, reply.status)


def _is_page(reply: Reply) -> bool:
    return "html" in reply.headers.get("Content-Type", "").lower() or reply.body.beginning.lstrip()[:1] == b"<"


def _error_body(reply: Reply) -> dict[str, Any]:
    try:
        return mapping(read_json(reply.body.beginning))
    except ValueError:
        return {}


def _message(body: Mapping[str, Any]) -> str:
    """``Message`` and ``Field`` of the APIs, ``resultCode`` and text of the identity provider; "" if there is none."""
    names = ("Message", "resultCode", "errorText", "errorString", "errorDetail", "error", "error_description", "detail")
    said = [value for name in names if isinstance(value := body.get(name), str) and value]
    faults = body.get("Field")
    if isinstance(faults, dict) and faults:
        said.append("(" + "; ".join(f"{name}: {fault}" for name, fault in faults.items()) + ")")
    return " ".join(dict.fromkeys(said))


def _fields(body: Mapping[str, Any], clean: Callable[[str], str]) -> dict[str, str]:
    """``Field`` of an answer of the APIs: each with its own words."""
    return {clean(str(name)): one_line(clean(str(fault))) for name, fault in mapping(body.get("Field")).items()}


def _excerpt(reply: Reply) -> str:
    """The beginning, without a last stretch in which a secret may have been cut in two."""
    beginning = reply.body.beginning
    head = beginning[:MOST_OF_AN_ERROR].decode("utf-8", "replace")
    return head if len(beginning) <= MOST_OF_AN_ERROR else head[:-8192]
