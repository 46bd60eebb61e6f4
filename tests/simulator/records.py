# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulated world consists of. Wire shapes are made from these in ``views``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Organisation:
    id: str
    name: str
    partner: str = ""  # the channel partner it belongs to


@dataclass
class Account:
    id: str
    email: str
    password: str
    organisations: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    can_write: bool = True
    mfa: str = "off"  # off | answer (a 200 with ``error``) | refusal (a 403)
    mfa_code: str = "123456"


@dataclass
class Catalogue:
    uuid: str
    name: str
    owner: str  # id of an organisation, of a channel partner or of an account
    shared_with: list[str] = field(default_factory=list)  # further organisations that may use its models
    public: bool = False  # seen by everyone, as the demo catalogue of the service is


@dataclass
class StoredFile:
    """The bytes of a model. ``path`` is None for seeded models, whose bytes exist only as size and digest."""

    name: str
    size: int
    sha256: str
    kind: str  # onnx | tflite | zip | unknown
    path: Path | None = None


@dataclass
class Model:
    uuid: str
    name: str
    owner: str
    members: dict[str, Any]  # what the client sent, by its wire names, without Name and Catalogues
    catalogues: list[str] = field(default_factory=list)
    file: StoredFile | None = None
    received_at: float = 0.0  # when the present file arrived: conversion counts from here
    updated_at: float = 0.0
    fixed_status: str = ""  # a seeded status that time does not change: ok, error, processing, ...


@dataclass
class Server:
    uuid: str
    name: str
    status: str = "running"
    version: str = "6.0.1.39873"
    plugin_version: str = "4.2.0"
    runtime: str = "Nx CPU"
    platform: str = "linux_x64"
    supports_pipelines: bool = True
    licensed: bool = True
    processors: list[str] = field(default_factory=list)  # external postprocessors, by name
    processor_version: int = 4  # of the file that names them: the version of the plugin that it is for

    @property
    def is_plugin_5(self) -> bool:
        """AI Manager 5 or later: the settings of a processor are part of the pipeline."""
        major = self.plugin_version.partition(".")[0]
        return major.isdecimal() and int(major) >= 5

    @property
    def refused_processors(self) -> list[str]:
        """AI Manager 5 refuses a file of version 4 whole."""
        return self.processors if self.is_plugin_5 and self.processor_version < 5 else []


@dataclass
class Device:
    nxid: str
    name: str
    server: Server
    enabled: bool = True
    group: str = ""
    silent_until: float = 0.0  # before this moment the plugin has not announced the device: PUT answers 422
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    on_the_way: list[tuple[float, list[dict[str, Any]]]] = field(default_factory=list)  # (arrives at, pipelines)

    def settle(self, now: float) -> None:
        """Take in the assignments that have arrived by now, oldest first."""
        while self.on_the_way and self.on_the_way[0][0] <= now:
            _moment, self.pipelines = self.on_the_way.pop(0)
            self.settings["selectedPipeline"] = "Custom"
            self.settings["deviceActiveSwitch"] = "true"
            for pipeline in self.pipelines:
                nms = pipeline.get("modelNMS")
                self.settings[f"model_nms_{pipeline['modelUUID']}"] = str(0.42 if nms is None else nms)


Children = tuple[dict[str, Server], dict[str, Device]]


@dataclass
class Site:
    """One Nx system. Servers and devices of generated sites come into being when first asked for."""

    id: str
    name: str
    owner: str
    online: bool = True
    version: str = "6.0.1.39873"
    updated_at: float = 0.0
    make_children: Callable[[], Children] | None = None
    _servers: dict[str, Server] = field(default_factory=dict)
    _devices: dict[str, Device] = field(default_factory=dict)

    def _grow(self) -> None:
        if self.make_children is not None:
            self._servers, self._devices = self.make_children()
            self.make_children = None

    @property
    def servers(self) -> dict[str, Server]:
        """By server id. Also filled for an offline site: the views hide them, and coming online shows them again."""
        self._grow()
        return self._servers

    @property
    def devices(self) -> dict[str, Device]:
        """By NxID, lower case with braces, in the order of making."""
        self._grow()
        return self._devices


@dataclass
class RegistryDevice:
    """A device of the older registry (``/devices``), which knows nothing of Nx sites."""

    uuid: str
    owner: str
    members: dict[str, Any]
    functions: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


@dataclass
class RegistryGroup:
    uuid: str
    name: str
    owner: str
