# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client that modules and the inventory plugin use alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._connection.settings import Settings
from .._core.voice import SILENT, Voice
from .._http.transport import Transport
from .cloud import CloudApi
from .compute import ComputeApi
from .contract.file import contract_of
from .device import DeviceApi


class Client:
    """Both APIs over one transport. With ``read_only`` no request but GET can leave (sign-in excepted).

    Close it, or use it as a context manager. Threads may share it.
    """

    def __init__(self, settings: Settings, read_only: bool = False, voice: Voice = SILENT) -> None:
        self.contract = contract_of(settings.contract, settings.trusted_owner)
        auth = self.contract.auth
        self.settings = replace(
            settings,
            auth_scheme=settings.auth_scheme or auth.scheme,
            token_scope=settings.token_scope or auth.scope or None,
            act_as=settings.act_as or auth.act_as,
        )
        self.transport = Transport(self.settings, read_only, self.contract.operations, voice)
        self.transport.findings.careful = True
        self.compute = ComputeApi(self.transport, self.contract)
        self.device = DeviceApi(self.transport, self.contract)
        self.cloud = CloudApi(self.transport, self.contract)

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, Any],
        read_only: bool = False,
        voice: Voice = SILENT,
        sources: Mapping[str, str] | None = None,
    ) -> Client:
        """A client from module or plugin options; raises ``BadInput`` for options that cannot work."""
        return cls(Settings.from_options(options, sources), read_only, voice)

    def look_again(self) -> None:
        """What never ends looks again and again: waits, memory and what was looked up are those of one look.

        The token stays, and so does what was found out about the service.
        """
        self.transport.look_again()
        self.compute = ComputeApi(self.transport, self.contract)
        self.device = DeviceApi(self.transport, self.contract)

    def close(self) -> None:
        self.transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
