# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One variant of the service, and what the collection is to make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .layer import Rewrite

AREAS = (
    "auth", "paging", "lists", "ids", "sites", "servers", "devices", "pipelines read", "pipelines written", "models",
    "catalogues", "upload", "statuses", "errors",
)  # fmt: skip
WORKS, ADAPTED, STOPS = "works", "adapted", "stops"


@dataclass(frozen=True)
class Variant:
    """``differs`` says what is otherwise; ``contract`` what a contract file that adapts to it holds.

    ``outcome``: ``works`` without such a file, ``adapted`` works with it, ``stops`` with words that name the contract.
    """

    name: str
    area: str
    differs: str
    rewrites: tuple[Rewrite, ...]
    outcome: str
    contract: Mapping[str, Any] = field(default_factory=dict)


class Row(Protocol):
    def __call__(self, name: str, differs: str, *rewrites: Rewrite, outcome: str, **contract: Any) -> Variant:
        """One row."""


def row_of(area: str) -> Row:
    """What makes the rows of an area. ``contract`` are the sections of the file."""

    def row(name: str, differs: str, *rewrites: Rewrite, outcome: str, **contract: Any) -> Variant:
        return Variant(name, area, differs, rewrites, outcome, contract)

    return row
