# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on this machine: whom they can be trusted from, how they are read, and how they are replaced."""

from __future__ import annotations

import errno
import os
import pwd
import re
import secrets
import stat
from contextlib import suppress

from .errors import BadInput

MOST_LINKS = 40  # as Linux follows
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_ADVICE = (
    "Take that right away (chmod o-w), own it yourself (chown), or, if you trust its owner, name that user in "
    "trusted_owner (NXAI_TRUSTED_OWNER)."
)
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def distrust(path: str, trusted_owner: str | None = None) -> str:
    """Why what is at ``path`` may come from somebody else, in words; "" where it cannot.

    Its owner has to be this user, root or ``trusted_owner`` (a name or a number), and nobody but owner and group may
    write to it. The same holds for each link and each directory on the way: who may write there can exchange what is
    in it. A directory such as /tmp, where people can exchange only what is theirs (the sticky bit), is good enough on
    the way. What does not exist is not judged.
    """
    trusted = {os.geteuid(), 0, *([_user_id(trusted_owner)] if trusted_owner else [])}
    place, links = "/", 0
    ahead = _parts(path if os.path.isabs(path) else os.path.join(os.getcwd(), path))
    while ahead:
        name = ahead.pop()
        here = os.path.join(place, name)
        try:
            found = os.lstat(here)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"{here}: {error.strerror}"
        except ValueError:
            return f"{here!a} is no path"
        if found.st_uid not in trusted:
            return f"{here} belongs to {_user(found.st_uid)}"
        if stat.S_ISLNK(found.st_mode):
            links += 1
            if links > MOST_LINKS:
                return f"{here} is a link in a circle"
            target = os.readlink(here)
            ahead += _parts(target)
            place = "/" if target.startswith("/") else place
            continue
        sticky_on_the_way = ahead and stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
        if found.st_mode & stat.S_IWOTH and not sticky_on_the_way:
            return f"everyone can write to {here}"
        place = os.path.dirname(place) if name == ".." else here
    return ""


def check_trusted(tried: str, path: str, trusted_owner: str | None = None) -> None:
    """Raises BadInput for what ``distrust`` finds."""
    if reason := distrust(path, trusted_owner):
        raise BadInput(tried, reason, _ADVICE)


def exposure(path: str) -> str:
    """Who but the owner can read a secret or change it, in words; "" for nobody, or without a file."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return ""
    for who, may_read, may_write in (
        ("everyone", stat.S_IROTH, stat.S_IWOTH),
        ("its group", stat.S_IRGRP, stat.S_IWGRP),
    ):
        rights = [word for word, right in (("read", may_read), ("change", may_write)) if mode & right]
        if rights:
            return f"{who} can {' and '.join(rights)} it"
    return ""


def check_name(tried: str, name: str) -> None:
    """Raises BadInput for what is no plain name of a file: whoever made it up, it stays in its directory."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            tried,
            f"{name[:40]!a} cannot be the name of a file",
            "Use up to 100 letters from A to Z, digits, '_', '.' and '-', and neither '.' nor '-' at its beginning.",
        )


def read_regular(path: str, most: int = -1) -> bytes:
    """What the file holds, or its first ``most`` bytes. Raises OSError, also for what is no regular file.

    It is looked at before it is opened: that would wait for the other end of a pipe, and make a device do something.
    """
    kind = stat.S_IFMT(os.stat(path).st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"it is {_KINDS.get(kind, 'something else')}, not a file", path)
    with open(path, "rb") as file:
        return file.read(most)


def make_folder(path: str) -> None:
    """A directory for the owner only, and so those above it that are missing, whatever the umask. Raises OSError."""
    above = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(above):
        make_folder(above)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):
            raise


def new_file(path: str, content: bytes) -> None:
    """Make a file for its owner only, and return when it is on the disk. Raises OSError, and leaves no part behind.

    What is there already, and be it a link that leads nowhere, is an error.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        remove_quietly(path)
        raise


def replace_file(path: str, content: bytes) -> None:
    """Replace a file as a whole, and return only when it is on the disk. Raises OSError, and leaves no part behind."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{secrets.token_hex(4)}")
    new_file(temporary, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        remove_quietly(temporary)
        raise
    sync_folder(folder)


def remove_quietly(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def sync_folder(folder: str) -> None:
    """Return when the names in it are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parts(path: str) -> list[str]:
    """The names on the way, the last one first."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def _user_id(owner: str) -> int:
    if owner.isascii() and owner.isdigit():
        return int(owner)
    try:
        return pwd.getpwnam(owner).pw_uid
    except KeyError:
        raise BadInput(
            "Read trusted_owner", f"there is no user {owner}", "Correct the name, or give a number."
        ) from None


def _user(number: int) -> str:
    try:
        return f"the user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"the user with the number {number}"
