# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP session for both APIs and the identity provider: TLS, proxies, time-outs, repeats, redaction."""

from __future__ import annotations

import contextlib
import email.utils
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from .._core.errors import (
    AnswerLost,
    BadInput,
    NxaiError,
    Refused,
    Unexpected,
    Unreachable,
)
from .._core.redaction import Redactor
from .._core.values import to_json
from .answer import Answer, Reply, one_line, read_answer, refused
from .credentials import Credentials
from .faults import fault
from .operations import PREFIX, Operation, adapted
from .settings import Settings
from .throttle import Throttle

if TYPE_CHECKING:
    from .multipart import Multipart

try:
    import requests
    from urllib3.exceptions import HTTPError

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False

CONNECTIONS = 16
MOST_REDIRECTS = 3
MOST_BYTES = 1 << 28  # of one answer: far more than a page, far less than would hurt
LONGEST_BACKOFF = 30.0
TEMPORARY = (429, 502, 503, 504)


@dataclass(frozen=True)
class _Call:
    """One request, ready to be sent as often as needed."""

    operation: Operation
    url: str
    tried: str  # method and URL for people: the URL may hold a token
    query: Mapping[str, str]
    content: bytes | None
    upload: Multipart | None

    @property
    def option(self) -> str:
        return "cloud_url" if self.operation.api == "cloud" else "api_url"


class Transport:
    """Sends the operations of the table. Threads may share it; they share its budget of waiting, too.

    With ``read_only`` every method but GET is a programming error (sign-in excepted): check mode cannot write.
    ``sleep``, ``clock`` (seconds since the epoch) and ``jitter`` (0 to 1) are there for tests.
    """

    def __init__(
        self,
        settings: Settings,
        read_only: bool = False,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not HAS_REQUESTS:
            raise BadInput(
                "Prepare the connection",
                "the Python library requests is not there",
                "Install it for the Python that runs this task: pip install requests.",
            )
        self.settings = settings
        self.read_only = read_only
        self.redactor = Redactor()
        self.redactor.add(urlsplit(settings.proxy or "").password)
        self.operations = adapted(settings.operations or {})
        self.clock = clock
        self.requests_sent = 0
        self._jitter = jitter
        self._lock = threading.Lock()
        self._throttle = Throttle(settings.retry_budget, sleep, clock)
        self.wait = self._throttle.wait
        self._session = _new_session(settings)
        self.credentials = Credentials(settings, self.post_token, clock, self.redactor)

    def __repr__(self) -> str:
        return f"Transport({self.settings.api_url}, read_only={self.read_only})"

    def close(self) -> None:
        self._session.close()

    def send(
        self,
        operation_name: str,
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
        call = self._call(self.operations[operation_name], path or {}, query or {}, json, body)
        if self.read_only and call.operation.method != "GET" and call.operation.name != "issue_token":
            raise AssertionError(f"{call.operation.name} would write, and this client is read-only")
        signed, attempt, renewed, maybe_done = call.operation.signed, 0, False, False
        while True:
            header = self.credentials.header() if signed else token and f"Bearer {token}"
            failure: NxaiError
            reply, unheard = None, False
            try:
                reply, paused = self._in_turn(call, header, attempt)
            except Unreachable as error:
                failure, again = error, not error.permanent
            except AnswerLost as error:
                failure, again, maybe_done = error, call.operation.repeatable, True
            else:
                if reply.status == 401 and signed and header and not renewed and self.credentials.renew(header):
                    renewed = True
                    continue
                if reply.status == 404 and maybe_done and call.operation.method == "DELETE":
                    return Answer(reply.status, reply.headers, None, call.tried)  # gone by the request before
                if reply.status not in TEMPORARY:
                    return read_answer(call.operation, call.tried, reply, self.redactor.clean)
                failure = refused(call.tried, reply, self.redactor.clean)
                unheard = _asks_for_pause(reply)
                again = call.operation.repeatable or unheard
                if not again:
                    failure = AnswerLost(failure.tried, failure.answer, failure.advice, failure.status)
                    failure.at_work = call.operation.time_limit if reply.status == 504 else 0.0
                maybe_done = maybe_done or not unheard
            again = again and attempt < self.settings.retries
            if not again or not (paused if unheard else self.wait(self._seconds(attempt, reply))):
                if attempt:
                    failure.answer += f" ({attempt + 1} tries)"
                raise failure
            attempt += 1

    def _in_turn(self, call: _Call, header: str | None, attempt: int) -> tuple[Reply, bool]:
        """An answer, and whether it asked for a pause that there is time for: then the next request waits first."""
        with self._throttle.turn() as turn:
            reply = self._exchange(call, header)
            if not _asks_for_pause(reply):
                self._throttle.at_ease(turn)
                return reply, False
            return reply, self._throttle.pause(self._seconds(attempt, reply))

    def _seconds(self, attempt: int, reply: Reply | None) -> float:
        """To wait before the next try: as the service says, or exponential back-off with full jitter."""
        asked = _retry_after(reply, self.clock()) if reply else None
        return self._jitter() * min(2.0**attempt, LONGEST_BACKOFF) if asked is None else asked

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
        base = (self.settings.cloud_url or "") if operation.api == "cloud" else self.settings.api_url
        quoted = {name: quote(value, safe="") for name, value in path.items()}
        content = None if data is None else to_json(data).encode()
        spelled = {operation.spelling.get(name, name): value for name, value in query.items()}
        url = base + PREFIX[operation.api] + operation.path.format(**quoted)
        tried = one_line(self.redactor.clean(f"{operation.method} {url}"))
        return _Call(operation, url, tried, spelled, content, upload)

    def _exchange(self, call: _Call, header: str | None) -> Reply:
        """One request and its answer, redirects within the same origin followed (only those that keep the method)."""
        url = call.url
        for _hop in range(MOST_REDIRECTS + 1):
            reply = self._once(call, url, header)
            if reply.status not in (307, 308):
                return reply
            url = self._redirected(call, url, reply)
        raise Refused(call.tried, f"more than {MOST_REDIRECTS} redirects", f"Check {call.option}.", reply.status)

    def _redirected(self, call: _Call, url: str, reply: Reply) -> str:
        try:
            target = urljoin(url, reply.headers.get("Location", ""))
            old, new = urlsplit(url), urlsplit(target)
            same = (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port)
            where = f"{new.scheme}://{new.netloc.rpartition('@')[2]}"
        except ValueError:
            same, where = False, "an address that is no URL"
        if not same:
            answer = self.redactor.clean(f"HTTP {reply.status}: redirected to {where[:200]}")
            advice = f"Nothing was sent there. If that host is right, set {call.option} to it."
            raise Refused(call.tried, answer, advice, reply.status)
        return target

    def _once(self, call: _Call, url: str, header: str | None) -> Reply:
        with self._lock:
            self.requests_sent += 1
        settings = self.settings
        limit = call.operation.time_limit
        connect, silence = settings.connect_timeout, settings.timeout
        if call.upload:
            # The first time-out also limits each block that is sent. When the last one is, megabytes may still wait in
            # this machine for a slow line, so the answer gets at least the time that the service may take.
            connect, silence = silence, max(silence, limit)
        try:
            with (
                call.upload.open() if call.upload else contextlib.nullcontext(call.content) as data,
                self._session.request(
                    call.operation.method,
                    url,
                    params=dict(call.query),
                    data=data,
                    headers=self._headers(call, header),
                    auth=_no_auth,
                    proxies=dict.fromkeys(("http", "https"), settings.proxy) if settings.proxy else None,
                    timeout=(connect, silence),
                    verify=(settings.ca_path or True) if settings.validate_certs else False,
                    cert=_certificate(settings),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                content = self._read(call, response)
                if call.operation.name != "issue_token":  # what a service echoes as data must not become a variable
                    content = self.redactor.blank(content)
                return Reply(response.status_code, response.reason or "", response.headers, content)
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            # "from None": the texts of the libraries may hold headers, and are not redacted.
            raise fault(error, call.tried, call.option, silence, limit, self.redactor.clean) from None

    def _headers(self, call: _Call, header: str | None) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if call.upload:
            headers["Content-Type"] = call.upload.content_type
        elif call.content is not None:
            headers["Content-Type"] = "application/json"
        if header is not None:
            headers["Authorization"] = header
            if self.settings.act_as and call.operation.signed:
                headers["X-Act-As-Kind"] = self.settings.act_as.kind
                headers["X-Act-As-ID"] = self.settings.act_as.id
        return headers

    def _read(self, call: _Call, response: requests.Response) -> bytes:
        """The whole body, within the operation's time limit: a service that drips may not hold a task for ever."""
        deadline = self.clock() + max(call.operation.time_limit, self.settings.timeout)
        content = bytearray()
        for block in _blocks(response):
            content += block
            if self.clock() > deadline:
                raise AnswerLost(call.tried, "the answer did not end in time", "Run the task again later.")
            if len(content) > MOST_BYTES:
                raise Unexpected(call.tried, "the answer does not end", f"Check {call.option}.", response.status_code)
        return bytes(content)

    def post_token(self, grant: dict[str, str]) -> Any:
        """Send one grant to the identity provider, and return what it answers."""
        return self.send("issue_token", json=grant).data


def _blocks(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes in: a read that waits for a full block would wait for hours on a service that drips."""
    read = getattr(response.raw, "read1", None)
    if read is None or response.headers.get("Transfer-Encoding"):  # urllib3 before 2.1; chunks come one by one anyway
        yield from response.iter_content(1 << 16)
        return
    try:
        while block := read(1 << 16, decode_content=True):
            yield block
    except (HTTPError, OSError) as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None


def _new_session(settings: Settings) -> requests.Session:
    from http.cookiejar import DefaultCookiePolicy

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> str | None:
            """None, as redirects are followed here by hand; otherwise requests reads and prepares the next one."""
            return None

    session = Session()
    session.headers["User-Agent"] = "nxai.cloud (Ansible collection)"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing is kept between requests
    adapter = requests.adapters.HTTPAdapter if settings.validate_certs else _unverified_adapter()
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter(pool_maxsize=CONNECTIONS, pool_block=True))
    return session


def _unverified_adapter() -> type[requests.adapters.HTTPAdapter]:
    """The user has switched validation off: no warning at each request, and no filter for the whole process either."""
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Connection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            self.is_verified = True  # what the pool looks at before it warns

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    pools = {"http": HTTPConnectionPool, "https": Pool}

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Given as ``auth`` so that requests does not look into ~/.netrc and replace the Authorization header."""
    return request


def _certificate(settings: Settings) -> str | tuple[str, str] | None:
    if settings.client_cert and settings.client_key:
        return settings.client_cert, settings.client_key
    return settings.client_cert


def _asks_for_pause(reply: Reply) -> bool:
    """Whether it says that it did nothing and wants to be left alone for a while."""
    return reply.status == 429 or (reply.status == 503 and _retry_after(reply, 0.0) is not None)


def _retry_after(reply: Reply, now: float) -> float | None:
    """Seconds to wait, from a number or an HTTP date; None without a usable header."""
    text = reply.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None
