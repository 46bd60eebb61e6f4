# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as an entry of Ansible's cache: its contents, ready, under a key that holds no secret."""

from __future__ import annotations

import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from glob import escape, glob
from hashlib import sha256
from typing import Any

from ...module_utils._connection.credentials import jwt_claims
from ...module_utils._connection.settings import CONNECTION_FIELDS
from ...module_utils._connection.token_file import TokenFile
from ...module_utils._core.files import check_trusted
from .contents import HOST_VARIABLES, KINDS, Contents, Host
from .groups import PREFIXES
from .names import is_host_name

FORMAT = 7  # to be raised whenever the contents, or the way they are made, change
# Whose answer it is (of the credentials, only those that say whose they are), and how it is read.
ACCOUNT = (*(each.name for each in CONNECTION_FIELDS if each.account), "contract")
# The options that decide what is made of it.
DECISIVE = (
    *("hosts", "sites", "online_only", "hostnames", "duplicates", "include_raw", "filters", "group_by", "strict"),
    *("group_names", "allow_empty", "use_extra_vars"),
)
_HOST_VARIABLES = frozenset(HOST_VARIABLES)
GROUP_VARIABLES = _HOST_VARIABLES.union(
    ("nxai_model_id", "nxai_model_name", "nxai_catalogue_id", "nxai_catalogue_name"),
    ("nxai_site_error", "nxai_site_known_at", "nxai_ambiguous"),
)
GROUP_NAME = re.compile(rf"({'|'.join(PREFIXES)})_[a-z0-9_]*")
OWNER_ONLY = 0o600


def account_key(options: Mapping[str, Any]) -> str:
    """The same for the same account."""
    return _digest([subject(options), {name: options.get(name) for name in (*ACCOUNT, "include_raw")}])


def cache_key(options: Mapping[str, Any], extra_vars: Mapping[str, Any] | None = None) -> str:
    """The same for the same contents, whatever file asks. ``extra_vars`` are those that expressions may read."""
    chosen = {name: options.get(name) for name in (*ACCOUNT, *DECISIVE)}
    seen = extra_vars if options.get("use_extra_vars") and (options["filters"] or options["hostnames"]) else None
    return "nxai_devices_" + _digest([FORMAT, subject(options), chosen, seen])


def subject(options: Mapping[str, Any]) -> Any:
    """Whose token it is: the claims of a JWT that say so, unverified. Of any other token a digest that does not lead
    back to it, so that a new one counts as another account. None without a token: the username says it."""
    token = options.get("token")
    if not token and options.get("token_file"):
        content = TokenFile(options["token_file"]).read()
        token = content.get("access_token") or content.get("refresh_token")
    words = str(token or options.get("refresh_token") or "").split()  # perhaps behind the word Bearer
    if not words:
        return None
    token = words[-1]
    claims = jwt_claims(token)
    if claims.get("sub"):
        return [claims.get(name) for name in ("iss", "sub", "client_id")]
    return hmac.new(b"nxai.cloud inventory cache", token.encode(), "sha256").hexdigest()


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def private() -> Iterator[None]:
    """A folder that is made in here, nobody else can enter."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def check_folder(options: Mapping[str, Any]) -> None:
    """BadInput for a folder of cache files where somebody else could lay an entry of their own."""
    folder = _folder(options)
    if folder is not None:
        check_trusted(f"Use the cache in {folder}", folder, options.get("trusted_owner"))


def keep_private(options: Mapping[str, Any]) -> None:
    """Take the files of this plugin from all but their owner. A umask is not enough: ansible-core itself gives them to
    others after it has written them."""
    folder = _folder(options)
    # Newer versions of ansible-core put a prefix of their own between the user's and the key.
    for path in glob(f"{escape(os.path.join(folder, options.get('cache_prefix') or ''))}*nxai_[dk]*") if folder else ():
        with suppress(OSError):  # gone, or of somebody else
            os.chmod(path, OWNER_ONLY)


def _folder(options: Mapping[str, Any]) -> str | None:
    """Where a cache plugin that keeps files does that; None where the connection is none to a folder."""
    place = os.path.expanduser(os.path.expandvars(options.get("cache_connection") or ""))
    return place if os.path.isdir(place) else None


def pack(contents: Contents, key: str) -> dict[str, Any]:
    """An entry for ``key``. The contents are one text: no cache plugin can take API data for a type of its own."""
    return {"format": FORMAT, "key": key, "contents": contents.to_json()}


def unpack(entry: Any, key: str) -> Contents | None:
    """The contents of an entry, or None without one. ValueError for an entry of another format, key or shape, or with a
    name or variable that no contents have: whoever can write to the cache must not set ``ansible_connection``."""
    if entry is None:
        return None
    if not isinstance(entry, dict) or entry.get("format") != FORMAT or entry.get("key") != key:
        raise ValueError("its entry is of another kind or version")
    try:
        contents = Contents.from_json(entry["contents"])
        good = _is_sound(contents)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        good = False
    if not good:
        raise ValueError("its entry is damaged")
    return contents


def _is_sound(contents: Contents) -> bool:
    groups: set[str] = set()
    for group in contents.groups:
        if (
            not isinstance(group.variables, dict)
            or not GROUP_NAME.fullmatch(group.name)
            or not (group.parent is None or group.parent in groups)
        ):
            return False
        groups.add(group.name)
    return (
        all(GROUP_VARIABLES.issuperset(group.variables) for group in contents.groups)
        and all(_is_sound_host(host, groups) for host in contents.hosts)
        and len({host.name for host in contents.hosts}) == len(contents.hosts)
        and all(isinstance(warning, str) for warning in contents.warnings)
        and all(isinstance(site, dict) and set(site) == {"site", "name", "reason"} for site in contents.missing)
    )


def _is_sound_host(host: Host, groups: set[str]) -> bool:
    return (
        is_host_name(host.name, groups)
        and groups.issuperset((host.group, *host.flat))
        and host.own["nxai_kind"] in KINDS
        and host.own.keys().isdisjoint(host.shared)
        and _HOST_VARIABLES.issuperset(host.own)
        and _HOST_VARIABLES.issuperset(host.shared)
    )
