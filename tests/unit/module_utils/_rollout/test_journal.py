# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a journal: what is on the disk, what is wrong with it, and who may append."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, NotRecorded
from ansible_collections.nxai.cloud.plugins.module_utils._rollout import journal as tested
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.journal import LOCK, NAME, Journal


def append(journal: Journal, *rows: dict[str, Any]) -> None:
    journal.keep(journal.give(rows))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three lines."""
    journal = Journal(tmp_path / "r")
    with journal.locked():
        journal.begin(journal.read())
        append(journal, {"n": 1}, {"n": 2, "text": "ü\ud800"})
        append(journal, {"n": 3})
    return tmp_path / "r"


def test_what_was_appended_is_read_back_whoever_reads(home: Path) -> None:
    content = Journal(home).read()
    assert content.rows == [{"n": 1}, {"n": 2, "text": "ü\ud800"}, {"n": 3}] and not content.torn
    assert len(set(content.sums)) == 3 and content.size == (home / NAME).stat().st_size
    again = Journal(home)
    with again.locked():
        again.begin(again.read())
        append(again, {"n": 4})
    assert Journal(home).read().continues(content) and not content.continues(Journal(home).read())
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}


@pytest.mark.parametrize("cut", [1, 2, 10, 20])
def test_a_torn_last_line_is_left_out_and_overwritten(home: Path, cut: int) -> None:
    path = home / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    (home / LOCK).unlink()  # it was killed, so that nobody has kept how long it was
    journal = Journal(home)
    content = journal.read()
    assert [row["n"] for row in content.rows] == [1, 2] and content.torn
    with journal.locked():
        journal.begin(content)
        append(journal, {"n": 5})
    assert [row["n"] for row in Journal(home).read().rows] == [1, 2, 5]


def test_so_is_one_whose_blocks_never_came_to_the_disk(home: Path) -> None:
    path = home / NAME
    path.write_bytes(path.read_bytes() + b"\x00" * 100 + b"\n")
    assert Journal(home).read().torn and len(Journal(home).read().rows) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0], lines[2]], "line 2 of 2 is not what was written"),
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1 of 3 is not what was written"),
        (lambda lines: [lines[0].replace(b"1", b"7", 1), *lines[1:]], "line 1 of 3 is not what was written"),
        (lambda lines: [lines[0], lines[1][:20], lines[2]], "line 2 of 3 is not whole"),
        (lambda lines: [lines[0], b"", lines[2]], "line 2 of 3 is not whole"),
        (lambda lines: [lines[0], lines[1], lines[2].replace(b"3", b"4", 1)], "line 3 of 3 is not what was written"),
    ],
)
def test_anything_else_says_which_line_is_wrong(home: Path, change: Any, said: str) -> None:
    path = home / NAME
    path.write_bytes(b"\n".join([*change(path.read_bytes().splitlines()), b""]))
    with pytest.raises(BadInput, match=said) as caught:
        Journal(home).read()
    assert "Restore the file from a copy" in caught.value.advice


def test_what_cannot_be_written_is_not_recorded(home: Path) -> None:
    journal = Journal(home)
    with journal.locked():
        journal.begin(journal.read())
        with pytest.raises(NotRecorded, match="cannot be written as JSON"):
            append(journal, {"n": float("nan")})
        append(journal, {"n": 4})
    assert [row["n"] for row in Journal(home).read().rows] == [1, 2, 3, 4]


def test_a_full_disk_ends_it_with_words_and_leaves_no_part(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, pwrite = Journal(home), os.pwrite

    def full(handle: int, data: bytes, place: int) -> int:
        if len(data) < 30:
            return pwrite(handle, data, place)  # the number of the process, for who waits
        pwrite(handle, data[:20], place)
        raise OSError(errno.ENOSPC, "No space left on device")

    with journal.locked():
        journal.begin(journal.read())
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(NotRecorded, match=r"No space left on device\. Nothing is sent that is not recorded"):
            append(journal, {"n": 4, "more": "x" * 50})
        monkeypatch.undo()
        with pytest.raises(NotRecorded):
            append(journal, {"n": 5})
    assert [row["n"] for row in Journal(home).read().rows] == [1, 2, 3] and not Journal(home).read().torn


def test_threads_that_wait_are_written_together(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: syncs.append(handle) or threading.Event().wait(0.02))
    journal = Journal(home)
    with journal.locked():
        journal.begin(journal.read())
        syncs.clear()
        threads = [threading.Thread(target=append, args=(journal, {"n": n, "x": "y" * n})) for n in range(40)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert sorted(row["n"] for row in Journal(home).read().rows[3:]) == list(range(40))
    assert len(syncs) < 20


def test_one_process_works_at_a_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "LONGEST_WAIT", 0.2)
    program = f"import fcntl, sys; f = open({str(home / LOCK)!r}); fcntl.flock(f, 2); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout and other.stdout.readline()
        with pytest.raises(BadInput, match="is at work on this rollout"), Journal(home).locked():
            pass
        other.communicate("\n")
    with Journal(home).locked():
        pass


def test_a_file_system_that_cannot_lock_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_handle: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(BadInput, match="this file system cannot lock files"), Journal(home).locked():
        pass


def test_where_nothing_came_of_it_nothing_is_left(tmp_path: Path) -> None:
    with Journal(tmp_path / "new").locked():
        assert (tmp_path / "new" / LOCK).exists()
    assert not (tmp_path / "new").exists()


def test_lines_are_json_for_everybody(home: Path) -> None:
    assert [json.loads(line)["n"] for line in (home / NAME).read_text("ascii").splitlines()] == [1, 2, 3]
