# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of modules call their fixtures, and how they wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Calls = Callable[[], list[str]]
RunModule = Callable[..., dict[str, Any]]
QUICK = {"wait_interval": 0.01, "wait_timeout": 20}
