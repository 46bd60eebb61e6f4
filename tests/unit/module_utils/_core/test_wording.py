# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.wording import counted, printable, shortened


def test_numbers_and_names_for_people() -> None:
    assert [counted(number, "device") for number in (0, 1, 2)] == ["0 devices", "1 device", "2 devices"]
    assert shortened(["a", "b", "c"], most=3) == "a, b, c"
    assert shortened(["a", "b", "c"], most=2) == "a, b and 1 more"


@pytest.mark.parametrize("name", ["Tür 1 {{ x }}", "日本"])
def test_a_name_that_can_be_shown_is_left_as_it_is(name: str) -> None:
    assert printable(name) == name


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "\x1b[31m", "a\u2028b"])
def test_a_name_cannot_change_the_text_around_it(name: str) -> None:
    assert printable(name).isprintable() and printable(name) != name
