# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong on the way to the service, and with what is known of its API."""

from __future__ import annotations

from collections.abc import Iterator

from .._core.errors import BadInput, SignInFailed, Unreachable
from .findings import Finding
from .inferred import inferred_in_use
from .kinds import KINDS
from .seen import Seen


def reachability(seen: Seen) -> Iterator[Finding]:
    for error in seen.errors_apart:
        if isinstance(error, Unreachable) and not error.permanent:
            yield Finding(KINDS["unreachable"], error.tried, error.answer, error.advice, error.answer)


def tls(seen: Seen) -> Iterator[Finding]:
    for error in seen.errors_apart:
        if isinstance(error, Unreachable) and error.permanent:
            yield Finding(KINDS["tls_refused"], error.tried, error.answer, error.advice, error.answer)
    if not seen.settings.validate_certs:
        yield Finding(KINDS["tls_unchecked"], seen.settings.api_url, "certificates are not checked")


def token(seen: Seen) -> Iterator[Finding]:
    unusable = {each.answer for each in seen.errors.get("catalogues", ()) if isinstance(each, BadInput)}
    for error in seen.errors_apart:
        refused = error.status == 401 or (error.status == 403 and seen.settings.act_as is None)
        if isinstance(error, SignInFailed) or error.answer in unusable or refused:
            yield Finding(KINDS["token_refused"], error.tried, error.answer, error.advice, error.answer)


def act_as(seen: Seen) -> Iterator[Finding]:
    whom = seen.settings.act_as
    for error in seen.errors_apart:
        if whom is not None and error.status == 403:
            yield Finding(KINDS["act_as_refused"], f"{whom.kind} {whom.id}", error.answer, cause=error.answer)


def is_let_in(seen: Seen) -> bool:
    """Whether something was answered to the token, be it that this is not for whom it stands for."""
    parts = (seen.sites, seen.models, seen.catalogues)
    return any(each is not None for each in parts) or any(error.status == 403 for error in seen.errors_apart)


def contract(seen: Seen) -> Iterator[Finding]:
    for each in seen.contract or ():
        if each.severity != "note":
            what = f"{each.kind}: expected {each.expected}, found {each.found}"
            kind = KINDS["contract_differs"]
            yield Finding(kind, each.operation, what, each.advice, each.kind, severity=each.severity)
    for line in inferred_in_use(seen.lines, seen):
        yield Finding(KINDS["contract_inferred"], line.key, f"it is inferred, and was relied on: {line.meaning}")
