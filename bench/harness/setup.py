"""Installs the peers from packages and builds the programs that measure them; builds ours on request."""

import os
import shutil
import subprocess
import sys

from . import layout
from .process import Failed

PACKAGES = {
    "lua5.4": "lua5.4",
    "luajit": "luajit",
    "clang": "clang",
    "wasm-ld": "lld",
    "valgrind": "valgrind",
    "pkg-config": "pkg-config",
    "g++": "g++",
}
LIBRARIES = {"lua5.4": "liblua5.4-dev", "luajit": "libluajit-5.1-dev"}


def _do(command, **options):
    print("+", " ".join(layout.shown(word) for word in command), file=sys.stderr, flush=True)
    try:
        return subprocess.run([str(word) for word in command], check=True, **options)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"setup: {error}") from None


def _has_library(name):
    if not shutil.which("pkg-config"):
        return False
    return subprocess.run(["pkg-config", "--exists", name], check=False).returncode == 0


def _has_program(name):
    # Distributions install versioned linkers next to, or instead of, the plain name.
    return shutil.which(name) or (name == "wasm-ld" and shutil.which("wasm-ld-14"))


def install():
    """Installs what is missing of the packages, by apt."""
    missing = [package for program, package in PACKAGES.items() if not _has_program(program)]
    missing += [package for library, package in LIBRARIES.items() if not _has_library(library)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Failed(f"setup: no apt-get here; install by hand: {', '.join(missing)}")
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _do([*prefix, "apt-get", "update"], env=environment)
    _do([*prefix, "apt-get", "install", "-y", "--no-install-recommends", *missing], env=environment)


def _flags(library):
    answer = _do(["pkg-config", "--cflags", "--libs", library], capture_output=True, text=True)
    return answer.stdout.split()


def build_peers():
    """Builds the C programs, the kernels in wasm32, and the Rust programs of bench/peers."""
    layout.OUT.mkdir(exist_ok=True)
    native = ["clang", "-O2", "-Wall", "-Wextra"]
    embed = layout.PEERS / "c" / "embed.c"
    _do([*native, '-DLABEL="lua5.4"', embed, "-o", layout.EMBED_LUA, *_flags("lua5.4")])
    _do([*native, '-DLABEL="luajit"', embed, "-o", layout.EMBED_LUAJIT, *_flags("luajit")])
    _do([*native, layout.PEERS / "c" / "spawned.c", "-o", layout.SPAWNED])
    # Without bulk memory, clang calls memset and memcpy, which nothing here defines.
    wasm = ["clang", "-O2", "--target=wasm32", "-nostdlib", "-mbulk-memory", "-mnontrapping-fptoint"]
    _do([*wasm, "-Wl,--no-entry", layout.KERNELS_C, "-o", layout.KERNELS_WASM])
    _do(
        ["cargo", "build", "--release", "--locked", "--manifest-path", layout.PEERS / "Cargo.toml", "--target-dir"]
        + [layout.PEER_TARGET]
    )


def build_ours():
    """Builds our measuring programs and the `fox` command for release, and the kernels once more without metering."""
    _do(["cargo", "build", "--release", "--workspace", "--bins", "--examples"], cwd=layout.ROOT)
    unmetered = ["cargo", "build", "--release", "-p", "foxvm", "--example", "kernel", "--features", "machine/unmetered"]
    _do([*unmetered, "--target-dir", layout.unmetered_target()], cwd=layout.ROOT)
