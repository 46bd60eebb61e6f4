# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token, kept good in a file or handed to the playbook; and tokens, revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from .._api.contract.operations import REVOKE_TOKEN
from .._connection.credentials import Credentials, Token
from .._connection.settings import CONNECTION_FIELDS
from .._core.errors import BadInput, Refused
from .._engine.module import Task
from .._engine.reconcile import Plan

# The options that Ansible masks in every result.
SECRETS = (*(each.name for each in CONNECTION_FIELDS if each.secret), "code")
OVER = (401, 404)  # what the identity provider may say of a token that is no longer good


def token_resource(task: Task) -> SignIn | Revocation:
    """What the module ``nxai_token`` does, by its ``state``."""
    return Revocation(task) if task.options["state"] == "absent" else SignIn(task)


def _credentials(task: Task, **changed: Any) -> Credentials:
    """Those of the task without ``token``: an access token is no way to another one."""
    transport = task.client.transport
    settings = replace(transport.settings, token=None, **changed)
    return Credentials(settings, transport.post_token, transport.clock, transport.redactor, transport.voice)


class SignIn:
    """A token that is good for a while. Signs in only in ``act``, so never in check mode."""

    header = "token"

    def __init__(self, task: Task) -> None:
        self.options = task.options
        self.clock = task.client.transport.clock
        self.credentials = _credentials(task)
        self.grant: str = task.options["grant"] or ""
        self.token: Token | None = None

    def plan(self) -> Plan:
        if not self.options["token_file"] and not self.options["return_token"]:
            raise BadInput(
                "get a token", "nothing would keep it", "Set token_file (or NXAI_TOKEN_FILE), or return_token."
            )
        self.token = self.credentials.stored()
        if self.token and self._good(self.token) and not self.options["force"]:
            return Plan("none")
        grants = self.credentials.grants(self.token.refresh if self.token else None, self._code(), self.grant)
        before = _shown(self.token) if self.token else {}
        return Plan("update" if self.token else "create", before, {"grant": [each["grant_type"] for each in grants]})

    def _good(self, token: Token) -> bool:
        """Whether it is good for as long as wanted. One whose end is not known counts as good."""
        return bool(token.access) and (
            token.expires is None or token.expires - self.clock() > float(self.options["valid_for"])
        )

    def _code(self) -> dict[str, str] | None:
        given = {name: self.options[name] for name in ("code", "redirect_uri") if self.options[name]}
        return given if "code" in given else None

    def act(self, _plan: Plan) -> None:
        found = self.token.access if self.token else ""

        def good(token: Token) -> bool:  # with force, a token that another run has put there since counts as new
            return self._good(token) and not (self.options["force"] and token.access == found)

        self.token = self.credentials.issue(self.token, good, self._code(), self.grant)

    def settle(self, plan: Plan) -> None:
        """Nothing to wait for: the answer of the sign-in is the token."""

    def report(self, plan: Plan) -> dict[str, Any]:
        token = self.token or Token("")
        result = {"token_file": self.options["token_file"], **_shown(token)}
        if not self.options["return_token"]:
            return result
        # One that was given is known to who gave it, and Ansible would mask it.
        refresh = None if self._masked(token.refresh or "") else token.refresh
        return {**result, "access_token": token.access or None, "refresh_token": refresh}

    def _masked(self, text: str) -> bool:
        return any(self.options[name] and self.options[name] in text for name in SECRETS)


class Revocation:
    """Tokens that are good no longer: those of ``token_file``, which goes with them, or those that are given."""

    header = "token"

    def __init__(self, task: Task) -> None:
        self.options = task.options
        self.transport = task.client.transport
        self.credentials = _credentials(task, refresh_token=None)  # what is not in the file is not the file's
        self.file = self.credentials.file

    def plan(self) -> Plan:
        given = [name for name in ("token_file", "token") if self.options[name]]
        if len(given) == 2:
            raise BadInput(
                "revoke a token",
                "token_file and token are both set",
                "Leave one of them out. One that comes from the environment is left out by setting it to ''.",
            )
        if not given and not self.options["refresh_token"]:
            raise BadInput("revoke a token", "none is given", "Set token_file, token or refresh_token.")
        if not self.options["cloud_url"]:
            raise BadInput("revoke a token", "cloud_url is not set", "Set cloud_url to the cloud that issued it.")
        if self.file and not self.file.exists():
            return Plan("none")
        return Plan("delete", _shown(self._doomed()))

    def _doomed(self) -> Token:
        stored = self.credentials.stored()
        return stored or Token(self.options["token"] or "", self.options["refresh_token"])

    def act(self, _plan: Plan) -> None:
        if not self.file:
            self._revoke(self._doomed())
            return
        with self.file.locked():
            if self.file.exists():
                self._revoke(self._doomed())
                self.file.remove()

    def _revoke(self, token: Token) -> None:
        """The refresh token first, while there is an access token to ask with: it outlives that when it is revoked."""
        for each in (token.refresh, token.access):
            if not each:
                continue
            self.transport.redactor.add(each)
            self._end(each, token.access or each)

    def _end(self, token: str, signer: str) -> None:
        """An access token that is over cannot ask for the end of a refresh token that is not: then that asks itself."""
        try:
            self.transport.send(REVOKE_TOKEN, path={"token": token}, token=signer)
        except Refused as error:
            if error.status == 401 and signer != token:
                self._end(token, token)
            elif error.status not in OVER:
                raise

    def settle(self, plan: Plan) -> None:
        """Nothing to wait for."""

    def report(self, plan: Plan) -> dict[str, Any]:
        return {"token_file": self.options["token_file"]}


def _shown(token: Token) -> dict[str, Any]:
    """What people may see of a token."""
    expires = None
    if token.access and token.expires is not None:
        expires = datetime.fromtimestamp(int(token.expires), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"expires_at": expires, "renewable": bool(token.refresh)}
