# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to both APIs and the identity provider: time-outs, repeats, redirects, redaction."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from .._connection.credentials import Credentials
from .._connection.proxy import judged_proxy, proxy_for
from .._connection.settings import Settings
from .._connection.urls import BadUrl, Url, judged
from .._core.errors import (
    AnswerLost,
    BadInput,
    NxaiError,
    Refused,
    Unexpected,
    Unreachable,
    missing_library,
)
from .._core.findings import Findings
from .._core.redaction import Redactor, one_line
from .._core.values import to_json
from .._core.voice import SILENT, Voice
from .answer import Answer, Heard, Reply, read_answer, refused, unheard, with_way
from .body import read_beginning
from .doubts import TokenDoubts
from .faults import fault
from .memory import AnswerMemory, Body
from .operation import ISSUE_TOKEN, PREFIX, Operation
from .retry import Outcome, decide, is_temporary, may_have_worked
from .session import new_session, request_options
from .throttle import Throttle
from .token_request import in_either_form
from .wire import exchange_within, is_connected

if TYPE_CHECKING:
    from .multipart import Multipart

try:
    import requests
    from urllib3.exceptions import HTTPError

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False

MOST_REDIRECTS = 3
_KEEP_METHOD = (307, 308)
_KEEP_READS = (301, *_KEEP_METHOD)


@dataclass(frozen=True)
class _Call:
    """One request, ready to be sent as often as needed."""

    operation: Operation
    url: Url
    tried: str  # method and URL for people: the URL may hold a token
    query: Mapping[str, str]
    content: bytes | None
    upload: Multipart | None

    @property
    def option(self) -> str:
        return "cloud_url" if self.operation.api == "cloud" else "api_url"

    @property
    def signs_in(self) -> bool:
        return self.operation.name == ISSUE_TOKEN.name


class Transport:
    """Sends operations. Threads may share it; they share its budget of waiting, too.

    ``operations`` holds by name those that the user has changed, and may hold others: what is sent is looked up there.
    With ``read_only`` every method but GET is a programming error (sign-in excepted): check mode cannot write.
    ``sleep``, ``clock`` (seconds since the epoch) and ``jitter`` (0 to 1) are there for tests.
    """

    def __init__(
        self,
        settings: Settings,
        read_only: bool = False,
        operations: Mapping[str, Operation] | None = None,
        voice: Voice = SILENT,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not HAS_REQUESTS:
            advice = "Install it for the Python that runs this task: pip install requests."
            raise missing_library("Prepare the connection", "requests", advice)
        self.settings = settings
        self.read_only = read_only
        self.redactor = Redactor()
        if settings.proxy:
            self._keep_quiet(judged_proxy(settings.proxy, "proxy"))
        self.operations = operations or {}
        self.clock = clock
        self.sleep = sleep
        self.requests_sent = 0
        self._jitter = jitter
        self._lock = threading.Lock()
        self._memory = AnswerMemory()
        self._throttle = Throttle(settings.retry_budget, sleep, clock)
        self._session = new_session(settings)
        self.voice = voice
        self.findings = Findings(voice)
        self.heard: Heard = unheard
        self.credentials = Credentials(settings, self.post_token, clock, self.redactor, voice)
        self._doubts = TokenDoubts(self.credentials, lambda: self.findings, settings.auth_scheme)

    def __repr__(self) -> str:
        return f"Transport({self.settings.api_url}, read_only={self.read_only})"

    def close(self) -> None:
        self._session.close()
        self._memory.close()

    def look_again(self) -> None:
        """Wait and remember from now on as a new task does. No request may be under way."""
        self._memory.close()
        self._memory = AnswerMemory()
        self._throttle = Throttle(self.settings.retry_budget, self.sleep, self.clock)

    def wait(self, seconds: float) -> bool:
        """Sleep, at the cost of the budget. False, without sleeping, if not so much is left."""
        return self._throttle.wait(seconds)

    def sent_as(self, operation: Operation) -> Operation:
        """What is sent by the name of ``operation``."""
        return self.operations.get(operation.name, operation)

    @contextlib.contextmanager
    def adapted(self, operation: Operation) -> Iterator[None]:
        """In this context, and for the rest of the task if no error ends it, ``operation`` is sent by its name."""
        before = self.operations
        self.operations = {**before, operation.name: operation}
        try:
            yield
        except NxaiError:
            self.operations = before
            raise

    def send(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        body: Multipart | None = None,
        token: str | None = None,
    ) -> Answer:
        """Send one operation and return its good answer; what may be repeated is repeated within the budget.
        It is sent with the token of the task, or with ``token``, which is then never renewed.
        Raises ``Unreachable`` (it cannot have arrived), ``AnswerLost`` (it may have), ``Refused`` (error status),
        ``Unexpected`` (not JSON), and ``BadInput`` or ``SignInFailed`` when there is no token to send it with.
        """
        call = self._call(self.sent_as(operation), path or {}, query or {}, json, body)
        if self.read_only and call.operation.method != "GET" and not call.signs_in:
            raise AssertionError(f"{operation.name} would write, and this client is read-only")
        try:
            answer = self._send(call, token)
        except NxaiError as error:
            # That of another call, to sign in, has its own words.
            own = error.tried == call.tried
            told = call.operation.hinted(with_way(error, self.settings.signed_in)) if own else error
            self.heard(call.operation, call.query, told)
            raise told from None
        self.heard(call.operation, call.query, answer)
        return answer

    def _send(self, call: _Call, token: str | None) -> Answer:
        signed = call.operation.signed
        attempt, renewable, maybe_done = 0, signed, False
        while True:
            header = self.credentials.header(call.operation.with_refresh) if signed else token and f"Bearer {token}"
            outcome, again = self._try(call, header, attempt)
            if signed and header:
                self._doubts.hear(header, outcome)
            if renewable and header and self._renewed(call, header, outcome, again):
                renewable = False
                continue
            if signed and header:
                outcome = self._without_prefix(call, header, outcome, attempt)
            if not again:
                return self._end(call, outcome, attempt, maybe_done)
            maybe_done = maybe_done or (call.operation.method != "GET" and may_have_worked(outcome))
            attempt += 1

    def _renewed(self, call: _Call, header: str, outcome: Outcome, again: bool) -> bool:
        """Whether it can be sent with another token now. Raises ``AnswerLost`` where it may have had its effect."""
        if not self._doubts.renewed(call.operation, header, outcome, again):
            return False
        if isinstance(outcome, Reply) and outcome.status != 401 and not call.operation.repeatable:
            raise self._lost(call, outcome)
        return True

    def _without_prefix(self, call: _Call, header: str, outcome: Outcome, attempt: int) -> Outcome:
        """What came of it, or of a read that got a 401 and then was sent with the token in its other form."""
        other = self._doubts.other_form(call.operation, header, outcome)
        if not other:
            return outcome
        second, _again = self._try(call, other, attempt)
        return second if self._doubts.takes_other_form(second) else outcome

    def _try(self, call: _Call, header: str | None, attempt: int) -> tuple[Outcome, bool]:
        """Send it once: what came of it, and whether to send it again. The wait in between is over or arranged."""
        with self._throttle.turn() as turn:
            outcome = self._outcome(call, header)
            decision = decide(
                call.operation,
                attempt,
                outcome,
                retries=self.settings.retries,
                now=self.clock(),
                jitter=self._jitter(),
            )
            if decision.pause:  # then the next request waits first, whichever it is
                return outcome, self._throttle.pause(decision.seconds) and decision.again
            if isinstance(outcome, Reply):
                self._throttle.at_ease(turn)
        return outcome, decision.again and self.wait(decision.seconds)

    def _outcome(self, call: _Call, header: str | None) -> Outcome:
        try:
            return self._exchange(call, header)
        except (Unreachable, AnswerLost) as error:
            return error

    def _end(self, call: _Call, outcome: Outcome, attempt: int, maybe_done: bool) -> Answer:
        """The answer to be had from the last outcome, or its error. ``maybe_done``: a try before may have worked."""
        if isinstance(outcome, Reply):
            if outcome.status == 404 and maybe_done and call.operation.method == "DELETE":
                return Answer(outcome.status, outcome.headers, None, call.tried)  # gone by a try before
            if not is_temporary(outcome):
                return read_answer(call.operation, call.tried, outcome, self.redactor.clean, maybe_done)
        error = self._error(call, outcome)
        if maybe_done and not may_have_worked(outcome):
            error = AnswerLost(error.tried, error.answer, error.advice, error.status)
        raise replace(error, answer=f"{error.answer} ({attempt + 1} tries)") if attempt else error

    def _error(self, call: _Call, outcome: Outcome) -> NxaiError:
        if not isinstance(outcome, Reply):
            return outcome
        if call.operation.repeatable or not may_have_worked(outcome):
            return refused(call.tried, outcome, self.redactor.clean)
        return self._lost(call, outcome)

    def _lost(self, call: _Call, reply: Reply) -> AnswerLost:
        error = refused(call.tried, reply, self.redactor.clean)
        at_work = call.operation.time_limit if reply.status == 504 else 0.0
        return AnswerLost(error.tried, error.answer, error.advice, error.status, at_work=at_work)

    def _call(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Mapping[str, str],
        data: Any,
        upload: Multipart | None,
    ) -> _Call:
        for name, value in path.items():
            if value in ("", ".", ".."):  # the only values that quoting does not keep inside their place
                raise BadInput(f"Prepare {operation.name}", f"{name} is {value!r}", "Give a UUID.")
        base = self.settings.cloud_url if operation.api == "cloud" else self.settings.api_url
        if not base:
            raise BadInput(f"Prepare {operation.name}", "cloud_url is not set", "Set it to the Nx Cloud of your brand.")
        quoted = {name: quote(value, safe="") for name, value in path.items()}
        text = None if data is None else urlencode(data) if operation.as_form else to_json(data)
        content = None if text is None else text.encode()
        spelled = {operation.spelling.get(name, name): value for name, value in query.items()}
        try:
            url = judged(base + PREFIX[operation.api] + operation.path.format(**quoted))
        except BadUrl as error:
            raise BadInput(f"Prepare {operation.name}", f"its address cannot be used: {error}", "Correct it.") from None
        tried = one_line(self.redactor.clean(f"{operation.method} {url}"))
        return _Call(operation, url, tried, spelled, content, upload)

    def _exchange(self, call: _Call, header: str | None) -> Reply:
        """One request and its answer, redirects within the same origin followed: those that keep the method."""
        url = call.url
        with exchange_within(max(call.operation.time_limit, self.settings.timeout)):
            for _hop in range(MOST_REDIRECTS + 1):
                reply = self._once(call, url, header)
                if reply.status not in (_KEEP_READS if call.operation.method == "GET" else _KEEP_METHOD):
                    return reply
                url = self._redirected(call, url, reply)
        raise Refused(call.tried, f"more than {MOST_REDIRECTS} redirects", f"Check {call.option}.", reply.status)

    def _redirected(self, call: _Call, url: Url, reply: Reply) -> Url:
        where = "an address that is no URL"
        with contextlib.suppress(ValueError):
            location = reply.headers.get("Location", "").partition("#")[0]
            if not location:
                raise ValueError("a redirect to nowhere")
            target = judged(urljoin(str(url), location), with_login=True)  # only to name the host
            if target.origin == url.origin and not target.login:
                return target
            where = f"{target.scheme}://{target.authority}"
        answer = self.redactor.clean(f"HTTP {reply.status}: redirected to {where[:200]}")
        advice = f"Nothing was sent there. If that host is right, set {call.option} to it."
        raise Refused(call.tried, answer, advice, reply.status)

    def _once(self, call: _Call, url: Url, header: str | None) -> Reply:
        self._refuse_clear_text(call, url, header)
        settings = self.settings
        proxy = proxy_for(url, settings.proxy)
        if proxy:
            self._keep_quiet(proxy.url)
        with self._lock:
            self.requests_sent += 1
        limit, connect, silence = call.operation.time_limit, settings.connect_timeout, settings.timeout
        if call.upload:
            # The first time-out also limits each block that is sent. When the last one is, megabytes may still wait in
            # this machine for a slow line, so the answer gets at least the time that the service may take.
            connect, silence = silence, max(silence, limit)
        failed: Exception = AssertionError("it ends with an answer or an error")
        try:
            with (
                call.upload.open() if call.upload else contextlib.nullcontext(call.content) as data,
                self._session.request(
                    call.operation.method,
                    str(url),
                    params=dict(call.query),
                    data=data,
                    headers=self._headers(call, header),
                    timeout=(connect, silence),
                    **request_options(settings, proxy),
                ) as response,
            ):
                return Reply(response.status_code, response.reason or "", response.headers, self._body(call, response))
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
            source = proxy.source if proxy else ""
            failed = fault(error, is_connected(), call.tried, call.option, source, silence, limit, self.redactor.clean)
        raise failed  # not in there: the texts of the libraries may hold headers, and their frames what was read

    def _refuse_clear_text(self, call: _Call, url: Url, header: str | None) -> None:
        """Here, where each request passes: no secret goes over plain http, except to this very machine."""
        if url.in_clear_text and (header is not None or call.signs_in):
            answer = f"it would carry credentials over plain http to {url.host}"
            raise BadInput(call.tried, answer, f"Nothing was sent. Use https in {call.option}.")

    def _keep_quiet(self, proxy: Url) -> None:
        for secret in proxy.secrets:
            self.redactor.add(secret)

    def _headers(self, call: _Call, header: str | None) -> dict[str, str]:
        headers = {"Accept": "application/json", **call.operation.headers}
        if call.upload:
            headers["Content-Type"] = call.upload.content_type
        elif call.content is not None:
            form = call.operation.as_form
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        if header is not None:
            headers["Authorization"] = header
            if self.settings.act_as and call.operation.signed:
                headers["X-Act-As-Kind"] = self.settings.act_as.kind
                headers["X-Act-As-ID"] = self.settings.act_as.id
        return headers

    def _body(self, call: _Call, response: requests.Response) -> Body:
        status = response.status_code
        if not 200 <= status < 300:
            return Body(read_beginning(response.raw))
        # What a service echoes as data must not become a variable.
        blank = bytes if call.signs_in else self.redactor.blank
        address = f"{call.tried} {sorted(call.query.items())}"
        try:
            return self._memory.read(address, response.raw, blank, call.operation.devices)
        except ValueError as error:
            why = str(error)
        # Out here, as in _once: the error would keep the one before it, whose frames hold what was read.
        answer = f"HTTP {status}, and the answer cannot be read: {why}"
        raise Unexpected(call.tried, answer, f"Check {call.option} and any proxy.", status)

    def post_token(self, grant: dict[str, str]) -> Any:
        """Send one grant to the identity provider, and return what it answers."""

        def send(operation: Operation) -> Any:
            with self.adapted(operation):
                return self.send(operation, json=grant).data

        return in_either_form(self.sent_as(ISSUE_TOKEN), send, self.findings)
