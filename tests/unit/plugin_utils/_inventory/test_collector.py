# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc

import pytest

from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.collector import no_collection


def test_nothing_is_collected_meanwhile() -> None:
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_leaves_the_collector_on() -> None:
    with pytest.raises(ValueError, match="torn"), no_collection():
        raise ValueError("torn")
    assert gc.isenabled()


def test_what_somebody_else_has_switched_off_stays_off() -> None:
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
