# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom files are trusted from, and how they are read and written."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core import files
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._core.files import (
    check_name,
    check_trusted,
    exposure,
    make_folder,
    read_regular,
    replace_file,
)

OTHER = 54321  # no user of this machine
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    (folder / "file").write_text("text")
    return folder


@pytest.fixture
def umask() -> Iterator[None]:
    old = os.umask(0)
    yield
    os.umask(old)


def distrust(path: str, trusted_owner: str | None = None) -> str:
    """Why it is not trusted; "" where it is."""
    try:
        check_trusted("Use it", path, trusted_owner)
    except BadInput as error:
        return error.answer
    return ""


class TestDistrust:
    def test_what_is_mine_or_not_there_is_trusted(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(home)
        for path in (home, home / "file", home / "missing" / "file", "file", "./file", "../home/file", "/"):
            assert distrust(str(path)) == ""

    @pytest.mark.parametrize("mode", [0o664, 0o770, 0o644, 0o444])
    def test_what_owner_and_group_can_do_is_their_business(self, home: Path, mode: int) -> None:
        (home / "file").chmod(mode)
        assert distrust(str(home / "file")) == ""

    def test_what_everyone_can_write_to(self, home: Path) -> None:
        (home / "file").chmod(0o646)
        assert distrust(str(home / "file")) == f"everyone can write to {home}/file"

    @pytest.mark.parametrize("name", ["file", "missing", "link"])
    def test_a_folder_on_the_way_in_which_everyone_can_exchange_it(self, home: Path, tmp_path: Path, name: str) -> None:
        (tmp_path / "link").symlink_to(home / "file")
        home.chmod(0o777)
        path = tmp_path / "link" if name == "link" else home / name
        assert distrust(str(path)) == f"everyone can write to {home}"

    def test_a_folder_in_which_one_can_exchange_only_what_is_ones_own(self, home: Path) -> None:
        home.chmod(0o1777)
        assert distrust(str(home / "file")) == ""
        assert distrust(str(home)) == f"everyone can write to {home}"  # anybody could put a state there

    @needs_root
    @pytest.mark.parametrize("what", ["file", "home", "link"])
    def test_what_somebody_else_owns(self, home: Path, tmp_path: Path, what: str) -> None:
        link = home / "link"
        link.symlink_to("file")
        os.lchown({"file": home / "file", "home": home, "link": link}[what], OTHER, -1)
        assert f"belongs to the user with the number {OTHER}" in distrust(str(link))
        assert distrust(str(link), str(OTHER)) == ""

    @needs_root
    def test_a_link_of_somebody_else_in_a_shared_folder(self, home: Path, tmp_path: Path) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(0o1777)
        (shared / "link").symlink_to(home)
        os.lchown(shared / "link", OTHER, -1)
        assert distrust(str(shared / "link" / "file")).startswith(f"{shared}/link belongs to")

    def test_it_is_this_user_who_asks(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever owns the file: another one who runs this is not trusted with it, unless it is named."""
        real = os.lstat
        owner = OTHER + 1

        def lstat(path: str) -> os.stat_result:
            found = list(real(path))
            found[4] = owner if path.endswith("file") else found[4]
            return os.stat_result(found)

        monkeypatch.setattr(files.os, "lstat", lstat)
        assert "belongs to" in distrust(str(home / "file"))
        assert distrust(str(home / "file"), str(owner)) == ""
        monkeypatch.setattr(files.os, "geteuid", lambda: owner)
        assert "belongs to" not in distrust(str(home / "file"))

    def test_links_in_a_circle(self, home: Path) -> None:
        (home / "a").symlink_to("b")
        (home / "b").symlink_to("a")
        assert "a link in a circle" in distrust(str(home / "a"))

    def test_a_link_out_of_its_folder(self, home: Path) -> None:
        (home / "sub").mkdir()
        (home / "sub" / "up").symlink_to("../file")
        (home / "file").chmod(0o666)
        assert distrust(str(home / "sub" / "up")) == f"everyone can write to {home}/file"

    def test_a_file_in_the_place_of_a_folder(self, home: Path) -> None:
        for mode in (0o644, 0o666):
            (home / "file").chmod(mode)
            assert distrust(str(home / "file" / "x")) == f"{home}/file/x: Not a directory"
        assert distrust("/dev/null/x") == "/dev/null/x: Not a directory"

    def test_what_is_neither_a_file_nor_a_folder(self, home: Path) -> None:
        os.mkfifo(home / "pipe")
        (home / "pipe").chmod(0o666)
        (home / "link").symlink_to("/dev/null")
        assert distrust(str(home / "pipe")) == f"{home}/pipe is a pipe, not a file or a folder"
        assert distrust(str(home / "link")) == "/dev/null is a device, not a file or a folder"

    def test_what_is_no_path(self) -> None:
        assert distrust("/tmp/a\0b") == "'/tmp/a\\x00b' is no path"

    def test_an_owner_by_name(self, home: Path) -> None:
        assert distrust(str(home), "root") == ""
        assert distrust(str(home), "nobody-here") == "there is no user nobody-here"


class TestFolderForEveryone:
    """Such as an emptyDir of Kubernetes: root owns it, everyone can write to it, and there is no sticky bit."""

    @pytest.fixture(params=[0o777, 0o2777])
    def shared(self, request: pytest.FixtureRequest, home: Path) -> Path:
        home.chmod(request.param)
        return home

    def test_it_is_used_where_its_owner_is_named(self, shared: Path) -> None:
        for path in (shared / "file", shared / "missing"):
            assert distrust(str(path)) == f"everyone can write to {shared}"
            assert distrust(str(path), str(OTHER)) == f"everyone can write to {shared}"
            assert distrust(str(path), str(os.geteuid())) == ""

    @needs_root
    def test_what_a_neighbour_lays_there_is_refused_all_the_same(self, shared: Path) -> None:
        os.chown(shared / "file", OTHER, -1)
        (shared / "link").symlink_to("/etc/hostname")
        os.lchown(shared / "link", OTHER, -1)
        for name in ("file", "link"):
            assert distrust(str(shared / name), "root") == (
                f"{shared}/{name} belongs to the user with the number {OTHER}"
            )

    def test_what_does_not_show_who_wrote_it_is_refused_all_the_same(self, shared: Path) -> None:
        (shared / "file").chmod(0o666)
        for path in (shared / "file", shared):
            assert distrust(str(path), str(os.geteuid())) == f"everyone can write to {path}"


class TestAdvice:
    """What it says to do helps: done so, the same path is trusted."""

    def refused(self, path: Path) -> BadInput:
        with pytest.raises(BadInput) as caught:
            check_trusted("Use it", str(path))
        return caught.value

    @pytest.mark.parametrize(
        ("name", "mode", "advice"),
        [
            ("file", 0o646, "Take that right away: chmod o-w {home}/file."),
            (".", 0o777, "Take that right away: chmod o-w {home}."),
        ],
    )
    def test_a_mode_of_what_is_mine(self, home: Path, name: str, mode: int, advice: str) -> None:
        (home / name).chmod(mode)
        assert self.refused(home / "file").advice == advice.format(home=home)
        (home / name).chmod(mode & ~stat.S_IWOTH)
        assert distrust(str(home / "file")) == ""

    def test_a_folder_that_is_there_for_everyone_stays_so(self, home: Path) -> None:
        home.chmod(0o1777)
        assert self.refused(home).advice == "Name a file or a folder of your own in it."
        assert distrust(str(home / "file")) == ""

    @needs_root
    def test_a_folder_of_root_that_everyone_can_write_to(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        home.chmod(0o777)
        monkeypatch.setattr(files.os, "geteuid", lambda: OTHER)
        assert self.refused(home / "file").advice == (
            f"Take that right away: chmod o-w {home}. Where you cannot, as in an emptyDir of Kubernetes, and you trust "
            "everyone who can write there: set trusted_owner (NXAI_TRUSTED_OWNER) to its owner, root."
        )
        assert distrust(str(home / "file"), "root") == ""
        assert self.refused(home).advice == (
            f"Take that right away: chmod o-w {home}. Where you cannot, name a folder of your own in it."
        )

    @needs_root
    def test_another_owner(self, home: Path) -> None:
        os.chown(home / "file", OTHER, -1)
        assert self.refused(home / "file").advice == (
            f"If you trust that user, set trusted_owner (NXAI_TRUSTED_OWNER) to {OTHER}. Else look at what it holds, "
            "and own it yourself (chown)."
        )
        assert distrust(str(home / "file"), str(OTHER)) == ""

    def test_a_link_in_a_circle(self, home: Path) -> None:
        (home / "link").symlink_to("link")
        assert self.refused(home / "link").advice == "Make that link lead to the file, or remove it."
        (home / "link").unlink()
        assert distrust(str(home / "link")) == ""

    @pytest.mark.parametrize(
        ("error", "advice"),
        [
            (errno.EACCES, "Let this user enter the folder above it (chmod, chown), or choose another path."),
            (errno.ENOTDIR, "Correct the path: it goes through something that is no folder."),
            (errno.ENAMETOOLONG, "Correct the path: a name in it is too long."),
            (errno.EIO, "Check the path and the file system that it is on."),
        ],
    )
    def test_a_way_that_ends(self, home: Path, monkeypatch: pytest.MonkeyPatch, error: int, advice: str) -> None:
        def lstat(path: str) -> os.stat_result:
            raise OSError(error, os.strerror(error), path)

        monkeypatch.setattr(files.os, "lstat", lstat)
        found = self.refused(home)
        assert found.answer.endswith(f": {os.strerror(error)}") and found.advice == advice

    def test_what_is_no_path(self) -> None:
        assert self.refused(Path("/tmp/a\0b")).advice == "Correct the path: no path holds such a character."


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (0o600, ""),
        (0o640, "its group can read it"),
        (0o620, "its group can change it"),
        (0o660, "its group can read and change it"),
        (0o644, "everyone can read it"),
    ],
)
def test_who_can_get_at_a_secret(home: Path, mode: int, who: str) -> None:
    (home / "file").chmod(mode)
    assert exposure(str(home / "file")) == who
    assert exposure(str(home / "missing")) == ""


HOSTILE = [
    *(
        "",
        ".",
        "..",
        "../x",
        "/etc/x",
        "a/b",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\n",
        ".hidden",
        "-rf",
        "a b",
        "~",
        "$HOME",
        "*",
    ),
    *(
        "\u0430bc",
        "a\u2215b",
        "a\u2024b",
        "\uff0e\uff0e",
        "\u202eabc",
        "e\u0301",
        "\ud800",
        "a" * 101,
        "a" * 300,
        "{{ x }}",
    ),
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_that_becomes_no_part_of_a_file_name(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a file"):
        check_name("Plan", name)


@pytest.mark.parametrize("name", ["a", "person-detector-7", "A.b_c-1", "CON", "_x", "7", "a..b", "a" * 100])
def test_a_name_that_may_become_one(name: str) -> None:
    check_name("Plan", name)


class TestRead:
    def make_socket(self, path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))

    @pytest.mark.parametrize("kind", ["a directory", "a pipe", "a socket", "a device"])
    def test_what_is_no_file_is_not_opened(self, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the path of a socket is short
        make: dict[str, Callable[[Path], object]] = {
            "a directory": Path.mkdir,
            "a pipe": os.mkfifo,
            "a socket": self.make_socket,
            "a device": lambda path: path.symlink_to("/dev/zero"),
        }
        make[kind](Path("it"))
        with pytest.raises(OSError, match=f"it is {kind}, not a file"):
            read_regular("it", 10)

    def test_what_takes_the_place_of_the_file_is_not_waited_for(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the look and the opening: the open file counts."""
        real, pipe = os.stat, home / "pipe"
        os.mkfifo(pipe)
        before = set(os.listdir("/proc/self/fd"))
        with monkeypatch.context() as patch:
            patch.setattr(files.os, "stat", lambda _path: real(home / "file"))
            with pytest.raises(OSError, match="it is a pipe, not a file"):
                read_regular(str(pipe))
        assert set(os.listdir("/proc/self/fd")) == before

    def test_no_more_than_is_wanted(self, tmp_path: Path) -> None:
        big = tmp_path / "big"
        with big.open("wb") as file:
            file.truncate(1 << 30)
        assert len(read_regular(str(big), 10)) == 10


class TestWrite:
    def test_all_that_is_made_is_for_the_owner_only(self, tmp_path: Path, umask: None) -> None:
        make_folder(str(tmp_path / "a" / "b" / "c"))
        make_folder(str(tmp_path / "a" / "b" / "c"))
        replace_file(str(tmp_path / "a" / "b" / "c" / "file"), b"text")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in sorted((tmp_path / "a").rglob("*"))]
        assert [stat.S_IMODE((tmp_path / "a").stat().st_mode), *modes] == [0o700, 0o700, 0o700, 0o600]

    def test_a_file_in_the_place_of_the_folder(self, home: Path) -> None:
        with pytest.raises(FileExistsError):
            make_folder(str(home / "file"))

    @pytest.mark.parametrize("call", ["os.fsync", "os.replace"])
    @pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
    def test_where_it_ends_early_nothing_is_left_behind(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
    ) -> None:
        def fails(*_arguments: object) -> None:
            raise error

        monkeypatch.setattr(call, fails)
        with pytest.raises(type(error)):
            replace_file(str(home / "file"), b"new")
        assert [path.name for path in home.iterdir()] == ["file"] and (home / "file").read_text() == "text"

    def test_a_link_is_replaced_and_not_followed(self, home: Path) -> None:
        (home / "link").symlink_to("file")
        replace_file(str(home / "link"), b"new")
        assert (home / "file").read_text() == "text" and not (home / "link").is_symlink()
