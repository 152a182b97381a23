"""Runs one measured process and reads the rows it prints."""

import os
import re
import subprocess
from dataclasses import dataclass

from . import layout

# No kernel of a healthy engine comes near this; under callgrind a process is about fifty times slower.
TIMEOUT_SECONDS = 300


class Failed(Exception):
    """A measured program that ended badly or printed something that is no row."""


def run(command, timeout=TIMEOUT_SECONDS, stdin=None):
    """Runs `command` (paths and texts) to its end and answers its standard output and standard error."""
    words = [str(word) for word in command]
    line = " ".join(layout.shown(word) for word in words)
    try:
        done = subprocess.run(words, stdin=stdin or subprocess.DEVNULL, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"{line}: no end after {timeout} s") from None
    except OSError as error:
        raise Failed(f"{line}: {error}") from None
    out = done.stdout.decode("utf-8", "replace")
    err = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        last = (err or out).strip().splitlines()[-3:]
        raise Failed(f"{line}: status {done.returncode}: {' / '.join(last)}")
    return out, err


def kernel_row(text):
    """Reads `[LABEL] NAME MEDIAN MIN RESULT`; answers (median seconds, least seconds, result)."""
    for line in reversed(text.strip().splitlines()):
        fields = line.split("\t")
        if len(fields) in (4, 5):
            try:
                return float(fields[-3]), float(fields[-2]), fields[-1].strip()
            except ValueError:
                continue
    raise Failed(f"no kernel row in: {text.strip()[:200]!r}")


def operation_rows(text, labels):
    """Reads rows `LABEL NAME MEDIAN MIN` of the engines in `labels`, and `NAME MEDIAN` of the one engine there is.

    Answers {(label, name): figure}. Figures are nanoseconds unless the name's ending says otherwise.
    """
    rows = {}
    for line in text.strip().splitlines():
        fields = line.split("\t")
        try:
            if len(fields) == 4:
                rows[fields[0], fields[1]] = float(fields[2])
            elif len(fields) == 2 and len(labels) == 1:
                rows[labels[0], fields[0]] = float(fields[1])
            elif line.strip():
                raise ValueError
        except ValueError:
            raise Failed(f"no operation row: {line[:200]!r}") from None
    return rows


def instructions(command):
    """Instructions that `command` executes by callgrind; answers (count, its standard output)."""
    profile = layout.OUT / f"callgrind.{os.getpid()}"
    try:
        out, err = run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", *command], timeout=10 * TIMEOUT_SECONDS
        )
    finally:
        profile.unlink(missing_ok=True)
    found = re.search(r"Collected\s*:\s*(\d+)", err)
    if not found:
        raise Failed("callgrind printed no count")
    return int(found.group(1)), out


@dataclass
class Used:
    """What one process used by itself: CPU and wall time in seconds, peak resident memory in bytes."""

    cpu: float
    wall: float
    resident: int
    out: str


def used(command, stdin=None):
    """Runs `command` and answers what it used."""
    report = layout.OUT / f"used.{os.getpid()}"
    try:
        out, _ = run([layout.SPAWNED, report, *command], stdin=stdin)
        user, system, wall, resident = report.read_text().split()
    finally:
        report.unlink(missing_ok=True)
    return Used(float(user) + float(system), float(wall), int(resident), out)
