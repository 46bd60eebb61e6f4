# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways of signing in, and which one counts: what a task or file gives comes before the environment, whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

# In the order in which they are tried.
WAYS = (("token",), ("token_file",), ("refresh_token",), ("username", "password"))
_WITH = {"username": ("mfa_code",), "password": ("mfa_code",)}  # options that say nothing without those of a way
SIGN_IN = tuple(name for way in WAYS for name in way)
OPTIONS = (*SIGN_IN, "mfa_code")


def set_aside(given: Collection[str], environment: Collection[str]) -> set[str]:
    """The options whose values in the environment do not count, as the task or file has a way of signing in.

    Of the way that is ``given`` in part, such as by its username, the environment may have the rest. It may not where
    it has the given part as well: then its rest belongs to that.
    """
    said = [way for way in WAYS if not set(way).isdisjoint(given)]
    if not said:
        return set()
    aside = {name for way in WAYS if way not in said for name in _whole(way)}
    for way in said:
        if any(name in given and name in environment for name in way):
            aside.update(_whole(way))
    kept = {name for way in said for name in _whole(way)}.difference(aside)
    return aside.difference(given, kept)


def described(options: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    """The way that is used, and where it comes from, for errors. "" where there is none.

    ``sources`` says where the options are from that the task or file does not give.
    """
    way = next((way for way in WAYS if any(options.get(name) for name in way)), ())
    found = [name for name in way if options.get(name)]
    places = dict.fromkeys(sources.get(name, "the task or file itself") for name in found)
    return f"by {' and '.join(found)}, from {', '.join(places)}" if found else ""


def _whole(way: tuple[str, ...]) -> tuple[str, ...]:
    return (*way, *_WITH.get(way[0], ()))
