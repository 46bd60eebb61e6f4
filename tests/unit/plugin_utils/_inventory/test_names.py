# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of groups and hosts: safe, unique, and the same whatever the order."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.names import (
    Naming,
    digits,
    distinct,
    host_name,
    is_host_name,
    readable,
    slug,
)

SITE = "5c0ff1ce-0000-4000-8000-000000000001"
CAMERA = "{3c0a91be-5e1c-4b6f-9d52-0f4a4c8d7e21}"


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shop 12, Köln", "shop-12-koln"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Ærø Łódź", "ærø-łodz"),
        ("магазин №5", "магазин-no5"),
        ("東京 タワー", "東京-タワー"),
        ("한국", "한국"),
        ("till_1", "till_1"),
        ("--x__", "x"),
        ("½ ²", "1-2-2"),
        ("\u3164\u115f", ""),
        ("*", ""),
        ("🎥", ""),
        ("site_shop_*", "site_shop"),
        ("{{ 7*7 }}", "7-7"),
        ("y" * 300, "y" * 55),
        ("東" * 300, "東" * 31),
    ],
)
def test_what_is_readable_of_a_name_is_letters_and_digits_of_limited_length(text: str, expected: str) -> None:
    assert readable(text) == expected


def test_a_hosts_own_name_has_the_digits_of_its_site_and_id_whatever_their_form() -> None:
    name = host_name(["Shop Amsterdam", "Entrance"], "device", (SITE, CAMERA))
    assert re.fullmatch("shop-amsterdam-entrance-[0-9a-f]{8}", name)
    assert name == host_name(["Shop Amsterdam", "Entrance"], "device", (SITE.upper(), CAMERA.strip("{}").upper()))
    assert name[-8:] == digits((SITE, CAMERA)) != digits((CAMERA, SITE))


@pytest.mark.parametrize("names", [("*", "!"), ("", ""), ("东" * 99, "ß" * 99), ("x" * 99, "-" * 99), ("2", "7")])
def test_a_hosts_own_name_is_safe_everywhere(names: tuple[str, str]) -> None:
    name = host_name(names, "device", (SITE, CAMERA))
    assert is_host_name(name)
    assert len(name) <= 120
    assert len(name.encode()) <= 200
    assert all(each in "-_" or unicodedata.category(each) in ("Ll", "Lo", "Nd") for each in name)
    assert re.search("[a-z]", name)


@pytest.mark.parametrize(
    "name", ["Gate/2", "a..b", "...", "Cam(1)", "10-20", "🎥", "x" * 240, "'\"", CAMERA, "a@b", "a!"]
)
def test_any_text_that_means_but_itself_is_a_host_name(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("!Office", "&x", "~x", "@x", "*", "site_shop_*", "a?", "[1]", "a[0]", "a]", "Dock:north", "::2", "a,b"),
        *("Till 1", " x", "x ", "a\u00a0b", "{7}", "{x}", "{3c0a91be}", "True", "False", "None", "x" * 241, "东" * 81),
    ],
)
def test_what_a_pattern_of_hosts_or_a_port_would_be_is_no_host_name(name: str) -> None:
    assert not is_host_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " \t",
        "..",
        ".",
        "../x",
        "x/../y",
        "a/.",
        "/etc/x",
        "nul\0",
        "localhost",
        "127.0.0.1",
        "::1",
        "all",
        "site_a",
    ],
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


def test_each_of_several_equal_names_gets_its_digits_and_the_others_stay() -> None:
    identities = [("{AAAAAAAA-1}", "s1"), ("{bbbbbbbb-2}", "s1"), ("{cccccccc-3}", "s1")]
    first, second = (f"Cam_{digits(identity)}" for identity in identities[:2])
    assert distinct(["Cam", "Cam", "Door"], identities) == [first, second, "Door"]


def test_names_stay_unique_when_one_imitates_the_marked_name_of_another() -> None:
    identities = [("aaaaaaaa", "s1"), ("bbbbbbbb", "s1"), ("cccccccc", "s1"), ("aaaaaaaa", "s2")]
    names = distinct(["Cam", "Cam", f"Cam_{digits(identities[0])}", "Cam"], identities)
    assert len(set(names)) == 4


def test_names_stay_unique_where_two_forms_of_an_id_have_the_same_digits() -> None:
    identities = [(CAMERA,), (CAMERA.strip("{}"),)]
    assert digits(identities[0]) == digits(identities[1])
    assert len(set(distinct(["Cam", "Cam"], identities))) == 2


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


NAMES = ["Shop", "shop!", "магазин", "🎥", "a b", "a-b", "", "Depot"]
IDENTITIES = [("1111",), ("2222",), ("3333",), ("---",), ("-",), ("--",), ("----",), ("4444",)]


def test_group_names_are_valid_and_unique_also_for_names_and_ids_without_a_letter() -> None:
    naming = Naming("site", NAMES, IDENTITIES)
    groups = naming.names
    assert groups[:3] == [f"site_shop_{digits(('1111',))}", f"site_shop_{digits(('2222',))}", "site_3333"]
    assert groups[-1] == "site_depot"
    assert len(set(groups)) == len(NAMES)
    assert all(re.fullmatch(r"site_[a-z0-9_]*", group) for group in groups)
    assert naming.ambiguous == {"site_shop": [0, 1], "site_a_b": [4, 5], "site_": [3, 6]}


def test_with_digits_always_no_other_record_changes_the_name_of_a_group() -> None:
    together = Naming("site", NAMES, IDENTITIES, always=True)
    assert not together.ambiguous
    for name, identity, group in zip(NAMES, IDENTITIES, together.names, strict=True):
        assert Naming("site", [name], [identity], always=True).names == [group]
        assert group.endswith(digits(identity))


def test_a_name_that_a_record_has_by_itself_is_not_ambiguous() -> None:
    imitated = f"shop_{digits(('1',))}"
    naming = Naming("site", ["Shop", "shop", imitated], [("1",), ("2",), ("3",)])
    assert len(set(naming.names)) == 3
    assert "site_shop" in naming.ambiguous
    assert not set(naming.names) & set(naming.ambiguous)
