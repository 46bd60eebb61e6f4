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
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from .errors import BadInput

MOST_LINKS = 40  # as Linux follows
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_BLOCKED = {  # what to do where the way to a file ends in an error
    errno.EACCES: "Let this user enter the folder above it (chmod, chown), or choose another path.",
    errno.ENOTDIR: "Correct the path: it goes through something that is no folder.",
    errno.ENAMETOOLONG: "Correct the path: a name in it is too long.",
}
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def check_trusted(tried: str, path: str, trusted_owner: str | None = None) -> None:
    """Raises BadInput where what is at ``path`` may come from somebody else.

    Its owner has to be this user, root or ``trusted_owner`` (a name or a number), and nobody but owner and group may
    write to it. The same holds for each link and each folder on the way: who may write there can exchange what is
    in it. Two kinds of folders are good enough on the way: one such as /tmp, where people can exchange only what is
    theirs (the sticky bit), and one of ``trusted_owner``, who has decided who may write there. For a folder of root
    that means that ``trusted_owner`` names root. What does not exist is not judged. What is neither a file nor a folder
    is refused as such: its owner and its mode are not what is wrong.
    """
    named = _user_id(trusted_owner) if trusted_owner else None
    for here, found, on_the_way in _way(tried, path):
        kind = stat.S_IFMT(found.st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK) and not on_the_way:
            raise BadInput(tried, f"{here} is {_words(kind)}, not a file or a folder", "Correct the path.")
        if kind not in (stat.S_IFDIR, stat.S_IFLNK) and on_the_way:
            continue  # the way ends here, and the next step says so
        if found.st_uid not in (os.geteuid(), 0, named):
            raise _other_owner(tried, here, found.st_uid)
        if stat.S_ISLNK(found.st_mode) or not found.st_mode & stat.S_IWOTH:
            continue
        if not (on_the_way and (found.st_mode & stat.S_ISVTX or found.st_uid == named)):
            raise _open_to_everyone(tried, here, found, on_the_way)


def check_trusted_file(tried: str, path: str, trusted_owner: str | None = None) -> None:
    """As ``check_trusted``, for a plain file. Anything else is refused as what it is, before its rights are judged."""
    if kind := other_kind(path):
        raise BadInput(tried, f"it is {kind}, not a file", "Correct the path.")
    check_trusted(tried, path, trusted_owner)


def other_kind(path: str) -> str:
    """What is there, or where a link leads, in words; "" for a plain file, or where nothing is."""
    try:
        kind = stat.S_IFMT(os.stat(path).st_mode)
    except (OSError, ValueError):
        return ""
    return "" if kind == stat.S_IFREG else _words(kind)


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


def open_regular(path: str) -> BinaryIO:
    """The file, open for reading. Raises OSError, also for what is no regular file.

    It is looked at before it is opened, as that makes some devices do something, and again when it is open: by then it
    may be another one. A pipe is not waited for.
    """
    _check_regular(os.stat(path), path)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        _check_regular(os.fstat(handle), path)
        return open(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_regular(path: str, most: int = -1) -> bytes:
    """What the file holds, or its first ``most`` bytes. Raises OSError, also for what is no regular file."""
    with open_regular(path) as file:
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


def replace_file(path: str, content: bytes, mode: int = 0o600) -> None:
    """Replace a file as a whole, and return only when it is on the disk. Raises OSError, and leaves no part behind."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{secrets.token_hex(4)}")
    new_file(temporary, content)
    try:
        os.chmod(temporary, mode)
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


def _check_regular(found: os.stat_result, path: str) -> None:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"it is {_words(kind)}, not a file", path)


def _words(kind: int) -> str:
    return _KINDS.get(kind, "something else")


def _way(tried: str, path: str) -> Iterator[tuple[str, os.stat_result, bool]]:
    """Each link, each folder and what is at the end: its path, what it is, and whether the way goes on.

    The way ends where something is missing. Raises BadInput where it cannot be followed.
    """
    place, links = "/", 0
    ahead = _parts(path if os.path.isabs(path) else os.path.join(os.getcwd(), path))
    while ahead:
        name = ahead.pop()
        here = os.path.join(place, name)
        try:
            found = os.lstat(here)
            target = os.readlink(here) if stat.S_ISLNK(found.st_mode) else None
        except FileNotFoundError:
            return
        except OSError as error:
            advice = _BLOCKED.get(error.errno or 0, "Check the path and the file system that it is on.")
            raise BadInput(tried, f"{here}: {error.strerror}", advice) from None
        except ValueError:
            raise BadInput(tried, f"{here!a} is no path", "Correct the path: no path holds such a character.") from None
        yield here, found, bool(ahead)
        if target is None:
            place = os.path.dirname(place) if name == ".." else here
            continue
        links += 1
        if links > MOST_LINKS:
            raise BadInput(tried, f"{here} is a link in a circle", "Make that link lead to the file, or remove it.")
        ahead += _parts(target)
        place = "/" if target.startswith("/") else place


def _parts(path: str) -> list[str]:
    """The names on the way, the last one first."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def _other_owner(tried: str, here: str, owner: int) -> BadInput:
    user = _user(owner)
    return BadInput(
        tried,
        f"{here} belongs to the user {'with the number ' if user.isdigit() else ''}{user}",
        f"If you trust that user, set trusted_owner (NXAI_TRUSTED_OWNER) to {user}. Else look at what it holds, and "
        "own it yourself (chown).",
    )


def _open_to_everyone(tried: str, here: str, found: os.stat_result, on_the_way: bool) -> BadInput:
    advice = f"Take that right away: chmod o-w {here}."
    if stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX:  # such as /tmp, which has to be so
        advice = "Name a file or a folder of your own in it."
    elif found.st_uid != os.geteuid() and stat.S_ISDIR(found.st_mode):
        advice += (
            " Where you cannot, as in an emptyDir of Kubernetes, and you trust everyone who can write there: set "
            f"trusted_owner (NXAI_TRUSTED_OWNER) to its owner, {_user(found.st_uid)}."
            if on_the_way
            else " Where you cannot, name a folder of your own in it."
        )
    return BadInput(tried, f"everyone can write to {here}", advice)


def _user_id(owner: str) -> int:
    try:
        return int(owner) if owner.isascii() and owner.isdigit() else pwd.getpwnam(owner).pw_uid
    except (KeyError, ValueError):  # ValueError: a null byte, half of a surrogate pair, thousands of digits
        raise BadInput(
            "Read trusted_owner", f"there is no user {owner}", "Correct the name, or give a number."
        ) from None


def _user(number: int) -> str:
    """The name, or the number of a user who has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
