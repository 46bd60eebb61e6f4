# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of groups and hosts: safe, unique, and the same whatever the order."""

from __future__ import annotations

import random
import re

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.names import (
    distinct,
    group_names,
    is_host_name,
    slug,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shop 12, Köln", "shop_12_koln"),
        ("  --x--  ", "x"),
        ("{{ 7*7 }}", "7_7"),
        ("../../etc/passwd", "etc_passwd"),
        ('a"b\nc', "a_b_c"),
        ("магазин", ""),
        ("🎥", ""),
        ("x" * 300, "x" * 48),
        ("x" * 47 + " yz", "x" * 47),
    ],
)
def test_a_slug_is_plain_ascii_of_limited_length(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("name", ["Gate 1/2", "{7}", "a..b", "...", "Cam (1)", "10-20", "🎥", "x" * 300, "'\""])
def test_any_text_that_steps_nowhere_is_a_host_name(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize(
    "name", ["", " \t", "..", ".", "../x", "x/../y", "a/.", "nul\0", "localhost", "127.0.0.1", "::1", "all", "site_a"]
)
def test_paths_the_controller_and_groups_are_no_host_names(name: str) -> None:
    assert not is_host_name(name, {"site_a"})


@pytest.mark.parametrize(
    "name", ["-oProxyCommand=x", "-", "a\nb", "\x1b[2J", "a\x7f", "a\x85", "a\u2028", "a\u202eb", "\ud800"]
)
def test_options_and_control_characters_are_no_host_names(name: str) -> None:
    assert not is_host_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("{{ 7*7 }}", "{% for x in y %}", "{# x", "#jinja2: variable_start_string: '['", "9**99999999", "'a'*10"),
        *("lookup('pipe', 'id')", 'query ("pipe", "id")', "a.b()", "a['b']('c')", "now()"),
    ],
)
def test_what_an_old_core_would_carry_out_is_no_host_name(name: str) -> None:
    assert not is_host_name(name)


def test_each_of_several_equal_names_gets_its_mark_and_the_others_stay() -> None:
    identities = [("{AAAAAAAA-1}", "s1"), ("{bbbbbbbb-2}", "s1"), ("{cccccccc-3}", "s1")]
    assert distinct(["Cam", "Cam", "Door"], identities) == ["Cam_aaaaaaaa", "Cam_bbbbbbbb", "Door"]


def test_names_stay_unique_when_one_imitates_the_marked_name_of_another() -> None:
    identities = [("aaaaaaaa", "s1"), ("bbbbbbbb", "s1"), ("cccccccc", "s1"), ("aaaaaaaa", "s2")]
    names = distinct(["Cam", "Cam", "Cam_aaaaaaaa", "Cam"], identities)
    assert len(set(names)) == 4


def test_two_records_with_one_identity_are_an_error() -> None:
    with pytest.raises(Unexpected, match="abc"):
        distinct(["Cam", "Cam"], [("abc", "s1"), ("abc", "s1")])


def test_the_order_of_the_records_does_not_matter() -> None:
    chance = random.Random(7)
    records = [(chance.choice(["Cam", "Cam 2", "Cam_0000000a"]), (f"{number:08x}", "s")) for number in range(40)]
    expected = dict(zip((i for _n, i in records), distinct(*map(list, zip(*records, strict=True))), strict=True))
    for _repeat in range(5):
        chance.shuffle(records)
        names = distinct([name for name, _identity in records], [identity for _name, identity in records])
        assert {identity: name for (_n, identity), name in zip(records, names, strict=True)} == expected


def test_group_names_are_valid_and_unique_also_for_names_and_ids_without_a_letter() -> None:
    names = ["Shop", "shop!", "магазин", "🎥", "a b", "a-b", ""]
    identities = [("1111",), ("2222",), ("3333",), ("---",), ("-",), ("--",), ("----",)]
    groups = group_names("site", names, identities)
    assert groups[:3] == ["site_shop_1111", "site_shop_2222", "site_3333"]
    assert len(set(groups)) == len(names)
    assert all(re.fullmatch(r"site_[a-z0-9_]*", group) for group in groups)
