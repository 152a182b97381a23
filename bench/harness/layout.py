"""Where everything lies: sources in bench/, what setup builds in bench/out and bench/peers/target, ours in target/."""

import os
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
KERNELS = BENCH / "kernels"
PEERS = BENCH / "peers"
OUT = BENCH / "out"

KERNELS_LUA = KERNELS / "kernels.lua"
LOAD_LUA = KERNELS / "load.lua"
ERRORS_LUA = KERNELS / "errors.lua"
KERNELS_C = KERNELS / "k.c"

KERNELS_WASM = OUT / "kernels.wasm"
EMBED_LUA = OUT / "embed-lua5.4"
EMBED_LUAJIT = OUT / "embed-luajit"
SPAWNED = OUT / "spawned"
PEER_TARGET = PEERS / "target"
WASMI = PEER_TARGET / "release" / "wasmi"
LUAU = PEER_TARGET / "release" / "luau"


def our_target():
    """The folder that our own release build is in; Cargo's own variable moves it."""
    return Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()


def our_example(name):
    """Our measuring program `name`, a Cargo example built for release."""
    return our_target() / "release" / "examples" / name


def our_unmetered_kernel():
    """The example `kernel` of a build without metering (feature `unmetered` of crate `machine`)."""
    return unmetered_target() / "release" / "examples" / "kernel"


def unmetered_target():
    """The folder of that build: its own, so that neither build undoes the other."""
    return our_target() / "unmetered"


def our_command():
    """The `fox` command, built for release."""
    return our_target() / "release" / "fox"


def shown(path):
    """A path as messages show it: relative to the repository where it lies inside."""
    try:
        return str(Path(path).relative_to(ROOT))
    except ValueError:
        return str(path)


def newer_source(program):
    """A source file that was changed after `program` was built, or None: figures of a stale build mislead."""
    built = program.stat().st_mtime
    for folder in sorted((ROOT / "crates").glob("*")):
        for source in folder.rglob("*.rs"):
            if source.stat().st_mtime > built:
                return source
    return None
