# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token file that can be renewed, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from token_renewals import OLD


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "token"
    path.parent.mkdir(mode=0o700)
    path.write_text(OLD)
    path.chmod(0o600)
    return path
