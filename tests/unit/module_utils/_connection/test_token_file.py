# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A refresh token is spent only where the new one can be kept."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from token_renewals import NEW, OLD, OTHER, as_other, content, never, renew

from ansible_collections.nxai.cloud.plugins.module_utils._connection.token_file import TokenFile
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, SignInFailed
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice
from tools.workplace import COLLECTIONS

Refusal = Callable[..., None]


def refuse(number: int, after: int = 0) -> Refusal:
    """A stand-in for ``os.replace`` that fails from the call ``after`` on."""
    real, calls = os.replace, []

    def replace(*paths: str) -> None:
        calls.append(paths)
        if len(calls) > after:
            raise OSError(number, os.strerror(number))
        real(*paths)

    return replace


class TestRenewal:
    @pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM, errno.EXDEV])
    def test_a_file_that_cannot_be_replaced_is_written_over(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        monkeypatch.setattr("os.replace", refuse(number))
        inode = file.stat().st_ino
        renew(file)
        assert content(file) == NEW and file.stat().st_ino == inode

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
    def test_a_file_of_somebody_else_stays_theirs(self, file: Path) -> None:
        os.chown(file, OTHER, -1)
        renew(file, trusted_owner=str(OTHER))
        assert content(file) == NEW
        assert (file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (OTHER, 0o600)

    @pytest.mark.parametrize("way", ["whole", "in place"])
    def test_it_is_whole_for_who_reads_it_meanwhile(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        if way == "in place":
            monkeypatch.setattr("os.replace", refuse(errno.EBUSY))
        renew(file, spend=lambda: None if TokenFile(str(file)).read()["refresh_token"] == "refresh-0" else never())
        assert content(file) == NEW

    @pytest.mark.parametrize("way", ["whole", "in place"])
    @pytest.mark.parametrize("error", [SignInFailed("Sign in", "no"), KeyboardInterrupt()])
    def test_a_sign_in_that_fails_leaves_it_as_it_was(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, way: str, error: BaseException
    ) -> None:
        if way == "in place":
            monkeypatch.setattr("os.replace", refuse(errno.EBUSY))

        def fail() -> None:
            raise error

        with pytest.raises(type(error)):
            renew(file, fail)
        content(file)
        assert file.read_text() == OLD

    def test_a_shorter_content_leaves_nothing_of_the_old_one(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.replace", refuse(errno.EBUSY))
        file.write_text(json.dumps({"access_token": "a" * 5000, "refresh_token": "r" * 5000}))
        renew(file)
        assert content(file) == {name: NEW[name] for name in ("access_token", "refresh_token", "expires_at")}

    @pytest.mark.parametrize("way", ["whole", "in place"])
    def test_a_full_disk_is_found_out_before(self, file: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
        """A file of this process may not grow beyond what the old content needs: as a disk without a free block."""
        if way == "in place":
            monkeypatch.setattr("os.replace", refuse(errno.EBUSY))
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(OLD) + 10, before[1]))
        try:
            with pytest.raises(BadInput, match=r"cannot be written.*File too large"):
                renew(file, never)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        assert content(file) == json.loads(OLD) and file.read_text() == OLD

    def test_where_it_fails_all_the_same_the_new_token_is_kept_beside_it(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.replace", refuse(errno.EIO, after=1))
        with pytest.raises(SignInFailed, match=r"refresh token is spent.*Input/output error") as caught:
            renew(file)
        [kept] = [each for each in file.parent.iterdir() if each != file]
        assert json.loads(kept.read_text()) == NEW and stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert f"It is in {kept}" in caught.value.advice
        assert "access-1" not in str(caught.value) and "refresh-1" not in str(caught.value)

    @pytest.mark.parametrize("way", ["whole", "in place"])
    def test_a_file_that_was_laid_there_meanwhile_does_not_get_the_token(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        """As a neighbour can, in a folder that everyone can write to."""
        if way == "in place":
            monkeypatch.setattr("os.replace", refuse(errno.EBUSY))
        place = file if way == "in place" else file.parent / ".token.new"
        (file.parent / "other").write_text("x")
        other = os.open(file.parent / "other", os.O_RDONLY)
        with pytest.raises(SignInFailed, match=r"another file has taken the place of") as caught:
            renew(file, lambda: (file.parent / "other").rename(place) and None)
        assert b"refresh-1" not in os.read(other, 1 << 16)
        os.close(other)
        self.is_kept(file, caught.value)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
    def test_nor_does_a_file_of_the_same_number_and_another_owner(self, file: Path) -> None:
        with pytest.raises(SignInFailed, match=r"another file has taken the place of") as caught:
            renew(file, lambda: os.chown(file.parent / ".token.new", OTHER, -1))
        self.is_kept(file, caught.value)

    def is_kept(self, file: Path, error: SignInFailed) -> None:
        [kept] = file.parent.glob("*.unsaved-*")
        assert json.loads(kept.read_text()) == NEW and f"It is in {kept}" in error.advice

    def test_an_error_after_it_was_written_over_cuts_nothing_off(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_descriptor: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr("os.replace", refuse(errno.EBUSY))
        file.write_text('{"refresh_token": "refresh-0"}')
        with pytest.raises(SignInFailed, match="refresh token is spent"):
            renew(file, lambda: monkeypatch.setattr("os.fsync", broken))
        assert content(file)["refresh_token"] == "refresh-1"

    def test_what_a_killed_process_left_is_no_obstacle(self, file: Path) -> None:
        for name in (".token.new", ".token.lock"):
            (file.parent / name).write_text("")
            (file.parent / name).chmod(0o600)
        renew(file)
        assert content(file) == NEW


WORK = """
import sys
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._connection.token_file import TokenFile

file = TokenFile(sys.argv[1])
try:
    with file.locked(), file.renewal() as store:
        print("spent")
        store("access-1", "refresh-1", 1.0)
except NxaiError as error:
    print(error)
"""


def run_apart(mounts: str, file: Path, work: str = WORK) -> str:
    """Renew the file in a process that sees these mounts. What it prints."""
    run = subprocess.run(
        ["unshare", "-m", "sh", "-e", "-c", f"{mounts}\n{sys.executable} -c '{work}' {file}"],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0, reason="needs mounts"
)
class TestMounts:
    @pytest.fixture
    def there(self, tmp_path: Path) -> Path:
        """Where a container has the file, which is a mount of its own."""
        path = tmp_path / "container" / "token"
        path.parent.mkdir(mode=0o700)
        path.touch()
        return path

    def test_a_file_that_is_a_mount_of_its_own(self, file: Path, there: Path) -> None:
        inode = file.stat().st_ino
        assert run_apart(f"mount --bind {file} {there}", there) == "spent\n"
        assert content(file) == NEW and file.stat().st_ino == inode
        assert [each.name for each in there.parent.iterdir()] == ["token"]

    def test_containers_that_share_it_share_its_lock(self, file: Path, there: Path) -> None:
        lock = "ansible_collections.nxai.cloud.plugins.module_utils._connection.token_lock"
        with file.open("rb+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            short = f"import {lock} as lock\nlock.LONGEST_WAIT = 0.2\n{WORK}"
            said = run_apart(f"mount --bind {file} {there}", there, short)
        assert said.startswith(f"Lock {there}: another process has had it for more than")
        assert content(file) == json.loads(OLD)

    def test_a_read_only_file_system(self, file: Path) -> None:
        folder = file.parent
        said = run_apart(f"mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}", file)
        assert "Read-only file system" in said and not said.startswith("spent")
        assert content(file) == json.loads(OLD)

    @pytest.mark.parametrize("full", [True, False])
    def test_a_small_disk(self, file: Path, tmp_path: Path, full: bool) -> None:
        folder = file.parent
        mounts = f"mount -t tmpfs -o size=64k,mode=700 tmpfs {folder}; install -m 600 {tmp_path}/token {file}"
        fill = f"; head -c 1M /dev/zero > {folder}/filling 2>/dev/null || true" if full else ""
        (tmp_path / "token").write_text(OLD)
        said = run_apart(mounts + fill, file)
        assert "No space left" in said and not said.startswith("spent") if full else said == "spent\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("mode", [0o1777, 0o755])
def test_a_folder_in_which_one_may_not_replace_it(mode: int) -> None:
    """By the sticky bit, or at all: the file is of a user that is trusted, and its group may write to it."""
    with tempfile.TemporaryDirectory(prefix="nxai-") as name:
        file = Path(name) / "token"
        file.write_text(OLD)
        os.chown(file, OTHER + 1, OTHER)
        file.chmod(0o660)
        Path(name).chmod(mode)
        with as_other():
            renew(file, trusted_owner=str(OTHER + 1))
        assert content(file) == NEW and file.stat().st_uid == OTHER + 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("mode", [0o777, 0o2777])
def test_an_emptydir_of_kubernetes(mode: int) -> None:
    """Root owns it, everyone can write to it, and the job runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="nxai-") as name:
        file = Path(name) / "token"
        Path(name).chmod(mode)
        with as_other():
            with pytest.raises(BadInput, match=f"everyone can write to {name}") as caught:
                renew(file, never)
            assert "set trusted_owner (NXAI_TRUSTED_OWNER) to its owner, root" in caught.value.advice
            for _time in range(2):  # a new file, and the same again
                renew(file, trusted_owner="root")
                assert content(file)["refresh_token"] == "refresh-1"
        assert (file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (OTHER, 0o600)
        os.chown(file, OTHER + 1, -1)
        with as_other(), pytest.raises(BadInput, match="token belongs to the user with the number"):
            renew(file, never, trusted_owner="root")


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("pipe", "a pipe, not a file"),
            ("folder", "a directory, not a file"),
            ("device", "a device, not a file"),
            ("nowhere", "No such file"),
            ("circle", "a link in a circle"),
            ("large", "far too long"),
        ],
    )
    def test_what_is_no_token_file_is_said_at_once(self, tmp_path: Path, kind: str, said: str) -> None:
        path = tmp_path / "token"
        if kind == "pipe":
            os.mkfifo(path, 0o600)
        elif kind == "folder":
            path.mkdir(mode=0o700)
        elif kind == "large":
            path.touch(0o600)
            with path.open("wb") as file:
                file.write(b"x")
                file.truncate(1 << 30)
        else:
            path.symlink_to({"device": "/dev/tty", "nowhere": "missing", "circle": "token"}[kind])
        begin = time.monotonic()
        with pytest.raises(BadInput) as caught:
            TokenFile(str(path)).read()
        assert said in str(caught.value) and "chmod" not in str(caught.value)
        assert time.monotonic() - begin < 2

    @pytest.mark.parametrize("mode", [0o755, 0o777, 0o1777])
    def test_of_a_folder_no_right_is_taken_away(self, tmp_path: Path, mode: int) -> None:
        (tmp_path / "token").mkdir()
        (tmp_path / "token").chmod(mode)
        heard: list[str] = []
        with pytest.raises(BadInput, match="a directory, not a file") as caught:
            TokenFile(str(tmp_path / "token"), voice=Voice(warn=heard.append)).read()
        assert "chmod" not in str(caught.value) and heard == []

    def test_no_path(self) -> None:
        token_file = TokenFile("a\0b")
        with pytest.raises(BadInput, match="is no path"):
            token_file.read()

    def test_standard_input(self) -> None:
        """In a process that has a pipe there, which never ends."""
        with subprocess.Popen(
            [
                sys.executable,
                "-c",
                WORK.replace("with file.locked()", "file.read()\n    with file.locked()"),
                "/dev/stdin",
            ],
            env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stdout and run.stdout.readline().startswith("Read token_file ")
            assert run.wait(timeout=30) == 0
