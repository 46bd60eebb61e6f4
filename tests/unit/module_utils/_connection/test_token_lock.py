# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token is renewed by one process at a time, and only from a file that nobody else can change."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from token_renewals import NEW, OLD, OTHER, as_other, content, never, renew

from ansible_collections.nxai.cloud.plugins.module_utils._connection import token_lock
from ansible_collections.nxai.cloud.plugins.module_utils._connection.token_file import TokenFile
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice
from tools.workplace import COLLECTIONS

HOLD = """
import os, sys, time
from ansible_collections.nxai.cloud.plugins.module_utils._connection.token_file import TokenFile

with TokenFile(sys.argv[1]).locked():
    print("held", flush=True)
    time.sleep(60)
"""


class TestLock:
    @pytest.fixture
    def held(self, file: Path) -> Iterator[subprocess.Popen[str]]:
        """Another process that renews the token."""
        env = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
        command = [sys.executable, "-c", textwrap.dedent(HOLD), str(file)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout and other.stdout.readline() == "held\n"
            yield other
            other.kill()

    def test_who_waits_says_for_whom_and_gives_up_in_the_end(
        self, file: Path, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(token_lock, "LONGEST_WAIT", 0.3)
        heard: list[str] = []
        with pytest.raises(BadInput) as caught:
            renew(file, never, voice=Voice(log=heard.append))
        lock = f"{file.parent}/.token.lock"
        assert caught.value.tried == f"Lock {lock}"
        assert caught.value.answer == f"the process {held.pid} has had it for more than 0 seconds"
        assert len(heard) == 1 and f"the process {held.pid}" in heard[0] and lock in heard[0]

    def test_it_ends_with_its_process(self, file: Path, held: subprocess.Popen[str]) -> None:
        def kill(_text: str) -> None:
            held.kill()

        renew(file, voice=Voice(log=kill))
        assert content(file) == NEW

    def test_only_its_owner_can_open_it(self, file: Path) -> None:
        old = os.umask(0)
        try:
            with TokenFile(str(file)).locked():
                assert stat.S_IMODE((file.parent / ".token.lock").stat().st_mode) == 0o600
        finally:
            os.umask(old)

    def test_who_may_read_folder_and_file_cannot_hold_it_up(self, file: Path) -> None:
        file.parent.chmod(0o755)
        file.chmod(0o644)
        for path in (file.parent, file):
            handle = os.open(path, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
        renew(file)
        os.close(handle)
        assert content(file) == NEW

    @pytest.mark.parametrize("mode", [0o666, 0o644, 0o660])
    def test_a_lock_that_others_can_open_is_refused(self, file: Path, mode: int) -> None:
        lock = file.parent / ".token.lock"
        lock.touch()
        lock.chmod(mode)
        with pytest.raises(BadInput, match=r"Lock .*\.token\.lock: (everyone|its group) can"):
            renew(file, never)

    @pytest.mark.parametrize("there", [False, True])
    def test_a_link_in_its_place_is_not_followed(self, file: Path, tmp_path: Path, there: bool) -> None:
        (file.parent / ".token.lock").symlink_to(tmp_path / "elsewhere")
        if there:
            (tmp_path / "elsewhere").touch(0o666)
        with pytest.raises(BadInput, match="it is a link, so this collection has not made it") as caught:
            renew(file, never)
        assert caught.value.advice == "Remove it."
        assert (tmp_path / "elsewhere").exists() is there
        (file.parent / ".token.lock").unlink()
        renew(file)
        assert content(file) == NEW

    @pytest.mark.parametrize(("make", "kind"), [(os.mkfifo, "a pipe"), (os.mkdir, "a directory")])
    def test_what_is_no_file_in_its_place_is_said(self, file: Path, make: Callable[..., None], kind: str) -> None:
        make(file.parent / ".token.lock", 0o700)
        with pytest.raises(BadInput, match=f"it is {kind}, so this collection has not made it"):
            renew(file, never)

    @pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
    def test_without_locks_no_token_is_spent(self, file: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        def flock(*_arguments: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr("fcntl.flock", flock)
        with pytest.raises(BadInput, match="Put token_file on another file system"):
            renew(file, never)
        assert TokenFile(str(file)).read()["refresh_token"] == "refresh-0", "and what is in it can be used"


READ = """
import fcntl, os, sys, time

os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]) + 1)
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_where_a_reader_holds_the_file_itself_the_error_says_how_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no other lock: nothing can be written beside it."""
    monkeypatch.setattr(token_lock, "LONGEST_WAIT", 0.3)
    with tempfile.TemporaryDirectory(prefix="nxai-") as name:
        Path(name).chmod(0o755)
        file = Path(name) / "token"
        file.write_text(OLD)
        os.chown(file, OTHER, OTHER)
        file.chmod(0o640)
        command = [sys.executable, "-c", READ, str(file), str(OTHER)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
            assert reader.stdout and reader.stdout.readline() == "held\n"
            with as_other(), pytest.raises(BadInput, match="has had it for more than") as caught:
                renew(file, never)
            reader.kill()
        assert f"fuser -v {file}" in caught.value.advice
        assert "its group can read it: take that right away (chmod 600)" in caught.value.advice
        file.chmod(0o600)
        with as_other():
            renew(file)
        assert content(file) == NEW


class TestTrust:
    def test_what_everyone_can_write_to_is_neither_read_nor_renewed(self, file: Path) -> None:
        for path, mode in ((file, 0o602), (file.parent, 0o777)):
            path.chmod(mode)
            for use in (TokenFile(str(file)).read, lambda: renew(file, never)):
                with pytest.raises(BadInput, match=f"everyone can write to {path}"):
                    use()
            path.chmod(0o700)

    def test_one_warning_for_what_others_can_read(self, file: Path) -> None:
        file.chmod(0o640)
        heard: list[str] = []
        token_file = TokenFile(str(file), voice=Voice(warn=heard.append))
        token_file.read()
        token_file.read()
        assert len(heard) == 1 and "its group can read it" in heard[0]
