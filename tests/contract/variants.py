# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE table, put together from its areas."""

from __future__ import annotations

from .variant import Variant

VARIANTS: tuple[Variant, ...] = ()
