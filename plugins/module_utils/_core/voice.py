# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How what stands below modules and plugins speaks to the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def unheard(_text: str) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class Voice:
    """``warn`` shows a line to the user; of a module, at the end of its task.

    ``log`` says a line at once: with ``-v``, or of a module in the system's log.
    """

    warn: Callable[[str], None] = unheard
    log: Callable[[str], None] = unheard


SILENT = Voice()
