# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Without Ansible: the check and the recipe need nothing of it but words for an error."""

from __future__ import annotations

import sys

from tools.workplace import COLLECTIONS

sys.path.insert(0, str(COLLECTIONS))
