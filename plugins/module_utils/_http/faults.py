# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What broke below HTTP, as an error a person can act on, and whether the request can have arrived."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from .._core.errors import AnswerLost, BadInput, NxaiError, Unreachable
from .._core.redaction import one_line
from .wire import AnswerTooLate

AGAIN = "Run the task again: it looks first at what is there."
_FOREIGN = "the server's certificate is not signed by an authority known here"
_OWN_AUTHORITY = (
    "If the server is yours, set ca_path to its authority's certificate (PEM). Otherwise somebody is in between."
)
_TLS = (  # words of OpenSSL and Python, what it means, what to do
    ("key values mismatch", "the client key does not belong to the certificate", "Check client_cert and client_key."),
    ("private key is encrypted", "the client key has a pass phrase", "Give a client_key without one."),
    ("pem lib", "the client certificate or key is not in PEM form", "Check client_cert and client_key."),
    (
        "no_certificate_or_crl_found",
        "ca_path holds no certificate",
        "Set ca_path to a PEM file, or to a folder made by c_rehash.",
    ),
    (
        "mismatch",
        "the certificate is valid but for another host name",
        "Use in {option} the host name that the certificate names.",
    ),
    (
        "doesn't match",
        "the certificate is valid but for another host name",
        "Use in {option} the host name that the certificate names.",
    ),
    ("expired", "the server's certificate has expired", "Have it renewed, and check the clock of this machine."),
    ("issuer certificate", _FOREIGN, _OWN_AUTHORITY),
    ("self-signed", _FOREIGN, _OWN_AUTHORITY),
    ("self signed", _FOREIGN, _OWN_AUTHORITY),
    (  # for example without key usage, on which Python 3.13 insists
        "certificate_verify_failed",
        "the server's certificate, or its authority's, is not acceptable",
        "Have it made anew without the fault that is named, or use another certificate.",
    ),
    ("certificate_required", "the server asks for a client certificate", "Set client_cert and client_key."),
    ("unknown_ca", "the server does not accept the client certificate", "Check client_cert and client_key."),
    ("bad_certificate", "the server does not accept the client certificate", "Check client_cert and client_key."),
    ("wrong_version_number", "the server does not speak TLS on that port", "Check scheme and port of {option}."),
    ("record layer failure", "the server does not speak TLS on that port", "Check scheme and port of {option}."),
    ("handshake_failure", "no common way of encryption was found", "Check the TLS versions of both sides."),
    ("unsupported_protocol", "no common version of TLS was found", "Check the TLS versions of both sides."),
)
_TOLD_LATE = ("certificate_required", "unknown_ca", "bad_certificate")  # in TLS 1.3, where the handshake is over


def fault(
    error: Exception,
    connected: bool,
    tried: str,
    option: str,
    proxy: str,
    silence: float,
    limit: float,
    clean: Callable[[str], str],
) -> NxaiError:
    """``error`` (of requests, urllib3, OSError or ValueError) as one of BadInput, Unreachable, AnswerLost.

    ``connected``: whether the request may have been sent; urllib3 blames a proxy for what breaks after that, too.
    ``option`` names the setting that the address came from, ``proxy`` that of the proxy if there is one. ``silence`` is
    how long nothing may come or be accepted, and ``limit`` when the service has answered or given up, in seconds.
    """
    from requests import exceptions
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    reason = _reason(error)
    words = one_line(clean(_words(reason)))
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.InvalidHeader)):
        return BadInput(tried, words, f"Check {option}, the token, and {_named(proxy) or 'the environment'}.")
    if isinstance(error, exceptions.SSLError):
        return _tls_fault(tried, option, words, connected)
    if not connected:
        return _no_connection(tried, option, proxy, reason, words)
    if too_late := _too_late(error):
        return AnswerLost(tried, str(too_late), "Run the task again later.")
    if isinstance(error, exceptions.Timeout) or isinstance(reason, ReadTimeoutError):
        advice = f"{AGAIN} If the service is just slow, raise timeout."
        return AnswerLost(tried, f"no answer for {silence:g} s", advice, at_work=max(0.0, limit - silence))
    if isinstance(reason, TimeoutError):  # of the socket, while sending
        return AnswerLost(tried, "the service took nothing more within the time-out", f"{AGAIN} Check the network.")
    if isinstance(reason, HTTPException) and not isinstance(reason, (RemoteDisconnected, IncompleteRead)):
        return AnswerLost(tried, f"the answer is not proper HTTP ({words})", f"Check {option} and any proxy.")
    if isinstance(error, (exceptions.RequestException, HTTPError, ConnectionError)):
        return AnswerLost(tried, f"the connection broke ({words})", AGAIN)
    return BadInput(tried, words, f"Check {option}, ca_path, client_cert, client_key and REQUESTS_CA_BUNDLE.")


def _too_late(error: BaseException | None) -> AnswerTooLate | None:
    while error:
        if isinstance(error, AnswerTooLate):
            return error
        error = error.__cause__ or error.__context__
    return None


def _reason(error: BaseException) -> BaseException:
    """The innermost exception: requests and urllib3 each wrap the one below."""
    while True:
        inner = getattr(error, "reason", None) or next(
            (arg for arg in error.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            return error
        error = inner


def _words(reason: BaseException) -> str:
    from urllib3.exceptions import HTTPError

    if isinstance(reason, IncompleteRead):  # whose text is Python
        return "a part of the answer is missing"
    # What urllib3 puts before its message is an object.
    return str(reason.args[-1] if isinstance(reason, HTTPError) and reason.args else reason)


def _tls_fault(tried: str, option: str, words: str, connected: bool) -> NxaiError:
    """Once the connection was made, nothing proves that the request did not arrive: anybody can send an alert."""
    folded = words.lower()
    for sign, meaning, advice in _TLS:
        if sign in folded and not connected:
            return Unreachable(tried, f"{meaning} ({words})", advice.format(option=option), permanent=True)
        if sign in folded and sign in _TOLD_LATE:
            return AnswerLost(tried, f"{meaning} ({words})", f"{advice} {AGAIN}")
    return AnswerLost(
        tried,
        f"the TLS connection broke ({words})",
        f"Run the task again. If it stays, check {option}, and whether a client_cert is needed.",
    )


def _named(proxy: str) -> str:
    """Where a proxy was named: with the option of that name, no variable of the environment but its own counts."""
    if proxy == "proxy":
        return "the option proxy (or NXAI_PROXY), its host, port, user name and password"
    return proxy and f"{proxy} and NO_PROXY"


def _no_connection(tried: str, option: str, proxy: str, reason: BaseException, words: str) -> Unreachable:
    from urllib3 import exceptions

    late = isinstance(reason, (TimeoutError, exceptions.TimeoutError))
    if late and not isinstance(reason, exceptions.NewConnectionError):  # which is one, too
        words = "it took longer than the time-out"
    if proxy:
        return Unreachable(tried, f"the proxy gave no way through ({words})", f"Check {_named(proxy)}.")
    folded = words.lower()
    if "resolve" in folded or "getaddrinfo" in folded or "name or service" in folded:
        return Unreachable(
            tried, f"the host name is not known ({words})", f"Check {option} and the DNS of this machine."
        )
    return Unreachable(tried, f"no connection ({words})", f"Check {option}, that the service runs, and the firewall.")
