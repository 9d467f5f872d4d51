"""A power cut takes back what was not forced to disk; with synchronous=FULL that is nothing that matters.

A small library, put before the C library, keeps a copy of each file as it was at its last fsync; the power cut puts
those copies back. Needs a C compiler and the dynamic loader's LD_PRELOAD (Linux).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter_cli.model.campaign import Counts
from newsletter_cli.testing.crashing import CrashedSend
from newsletter_cli.testing.simulated import simulator

LIBRARY = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void keep(int fd) {
    char place[64], path[PATH_MAX], copy[PATH_MAX + 16], buffer[65536];
    snprintf(place, sizeof place, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(place, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    if (!strstr(path, ".sqlite")) return;
    snprintf(copy, sizeof copy, "%s.durable", path);
    int from = open(path, O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while ((length = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, length) != length) break;
    close(from);
    close(to);
}

int fsync(int fd) { int done = syscall(SYS_fsync, fd); keep(fd); return done; }
int fdatasync(int fd) { int done = syscall(SYS_fdatasync, fd); keep(fd); return done; }
"""
RUN = """
import sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.pool import Pool
from newsletter_cli.testing.crashing import carry_on

file, url, kind, campaign, die_at, synchronous = sys.argv[1:]
event.listen(Pool, "checkout", lambda line, *_: line.execute(f"PRAGMA synchronous={synchronous}"))
carry_on(Path(file), url, kind, int(campaign), 1, die_at)
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    folder = tmp_path_factory.mktemp("power")
    (folder / "keep.c").write_text(LIBRARY)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", folder / "keep.so", folder / "keep.c"], check=True)
    return folder / "keep.so"


def send_until_the_power_fails(send: CrashedSend, library: Path, synchronous: str) -> None:
    """Run a send that is cut off after its fourth answer, and put back what was durable then."""
    shutil.copy(send.file, f"{send.file}.durable")
    words = [send.file, send.simulator.url, send.simulator.kind, send.campaign_id, "after answer:4", synchronous]
    environ = os.environ | {"LD_PRELOAD": str(library), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, words)], env=environ, check=False)
    assert done.returncode == -9
    for name in (send.file, send.file.with_name(f"{send.file.name}-wal")):
        durable = name.with_name(f"{name.name}.durable")
        name.unlink(missing_ok=True)
        if durable.exists():
            durable.rename(name)
    send.file.with_name(f"{send.file.name}-shm").unlink(missing_ok=True)


def test_after_a_power_cut_everybody_is_mailed_once(library: Path, tmp_path: Path) -> None:
    with simulator("query") as running:
        send = CrashedSend(running, tmp_path, people=100)
        send_until_the_power_fails(send, library, "FULL")
        send.until_done()
        assert running.truth()["doubled"] == 0
        assert send.counts() == Counts(audience=100, accepted=100)


def test_the_harness_sees_synchronous_normal_double_people(library: Path, tmp_path: Path) -> None:
    """A negative control: the same cut with a setting that returns before the disk has it."""
    with simulator("query") as running:
        send = CrashedSend(running, tmp_path, people=100)
        send_until_the_power_fails(send, library, "NORMAL")
        send.until_done()
        assert running.truth()["doubled"] >= 30
