# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token, without risk to the account: how the identity provider wants to be asked is found out before the sign-in.

The requests that find it out hold no user name, password, code or refresh token. Those are sent once, in one form.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .._core.errors import NxaiError, Refused
from .._http.operation import ISSUE_TOKEN
from .._http.token_request import asks_for_scope
from .inference.draft import Draft, Proposal
from .inference.paths import other_places
from .inference.ways import NOT_THERE
from .session import Session

_NAME = ISSUE_TOKEN.name
_UNDERSTOOD = (400, 401, 403, 422)  # what a request can get that names nobody
_STOP = (423, 429)  # locked, or asked too often: the next request may cost the account something
_FORM = {"auth.token_request": "form"}


@dataclass(frozen=True)
class _Said:
    status: int | None
    words: str


def sign_in(session: Session) -> None:
    """Raises what signing in ends with."""
    if _must_ask(session):
        session.keep(_asked_well(session))
        with session.noted(_NAME), _once(session):
            session.transport.credentials.access_token()
    else:
        with _once(session):
            session.transport.credentials.access_token()


@contextmanager
def _once(session: Session) -> Iterator[None]:
    """In the block no request is repeated: whoever says "not now" to a wrong password may count it all the same."""
    settings = session.transport.settings
    session.transport.settings = replace(settings, retries=0)
    try:
        yield
    finally:
        session.transport.settings = settings


def _must_ask(session: Session) -> bool:
    """Whether a token has to be issued."""
    settings, credentials = session.settings, session.transport.credentials
    if settings.token or not settings.cloud_url:
        return False
    stored = credentials.stored()
    good = stored is not None and stored.access
    return not (good and (stored.renew_at is None or session.transport.clock() < stored.renew_at))  # type: ignore[union-attr]


def _asked_well(session: Session) -> Draft:
    """The draft by which the identity provider understands a request for a token."""
    draft, known = session.draft, session.draft
    said = _probe(session, draft)
    if said.status in NOT_THERE:
        for each in _elsewhere(draft, said.status or 0):
            other = _probe(session, each)
            if other.status not in (*NOT_THERE, None):
                draft, said = each, other
                break
        else:
            return known
    draft, said = _with_scope(session, draft, said)
    if _is_about_the_account(said):
        return draft
    form = _in_its_form(session, draft, said)
    return form if form is draft else _with_scope(session, form, _probe(session, form))[0]


def _with_scope(session: Session, draft: Draft, said: _Said) -> tuple[Draft, _Said]:
    """The same, or a draft with a scope where one is asked for and what it says is taken."""
    if not session.free_scope or not asks_for_scope(said.status, said.words):
        return draft, said
    why = "no token without a scope; this one is for all that the account may do"
    for scope in _scopes(session):
        other = draft.adding(Proposal({"auth.scope": scope}, why))
        now = _probe(session, other)
        if now.status in _UNDERSTOOD and "scope" not in now.words.lower():
            return other, now
    session.questions.append("auth.scope: the service gives no token without a scope. Which one does it take?")
    return draft, said


def _scopes(session: Session) -> tuple[str, str]:
    """That of the vendor's own code for all that there is, and one that was seen."""
    settings = session.settings
    return f"{settings.cloud_url}/ cloudSystemId=*", f"{settings.api_url}/ {settings.cloud_url}/ cloudSystemId=*"


def _elsewhere(draft: Draft, status: int) -> Iterator[Draft]:
    for lines in other_places(_NAME, draft.contract):
        yield draft.adding(Proposal(lines, f"HTTP {status} where tokens were expected to be issued"))


def _in_its_form(session: Session, draft: Draft, said: _Said) -> Draft:
    """Whoever cannot read JSON says the same to a request with and without anything in it; of a form he can tell."""
    form = draft.adding(Proposal(_FORM, "JSON is not read: to a request with nothing in it the answer is the same"))
    as_form = _probe(session, form)
    if as_form == said or as_form.status not in _UNDERSTOOD:
        return draft
    if said.status == 415 or _is_about_the_account(as_form) or _probe(session, draft, nothing=True) == said:
        return form
    return draft


def _is_about_the_account(said: _Said) -> bool:
    return any(word in said.words.lower() for word in ("username", "user name", "password", "email", "credential"))


def _probe(session: Session, draft: Draft, nothing: bool = False) -> _Said:
    """What is said to a request that names nobody."""
    session.use(draft)
    operation = session.transport.sent_as(ISSUE_TOKEN)
    whole = {"grant_type": "password", "response_type": "token", "client_id": session.settings.client_id}
    if session.transport.credentials.scope:
        whole["scope"] = session.transport.credentials.scope
    body = {} if nothing else whole
    try:
        session.transport.send(operation, json=body)
    except Refused as error:
        if error.status in _STOP:
            advice = "Nobody was signed in, so that nobody is locked out. Wait, and run it again."
            raise replace(error, advice=f"{error.advice} {advice}".strip()) from None
        return _Said(error.status, error.answer)
    except NxaiError as error:
        return _Said(error.status, type(error).__name__)
    return _Said(200, "")
