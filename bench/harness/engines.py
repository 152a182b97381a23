"""The engines that are compared, and how each is called."""

import shutil
from dataclasses import dataclass
from typing import Callable

from . import layout

# Name: (usual input, input under callgrind, input that measures start-up alone).
# The third is the smallest that every engine answers: an empty spectral divides 0 by 0, a fannkuch of 2 never ends.
INPUTS = {
    "fib": (35, 22, 0),
    "loop": (30_000_000, 300_000, 0),
    "sieve": (2_000_000, 30_000, 0),
    "nbody": (200_000, 2_000, 0),
    "spectral": (300, 30, 1),
    "mandel": (500, 50, 0),
    "fannkuch": (9, 7, 3),
    "bintree": (14, 8, 0),
    "dispatch": (3_000_000, 30_000, 0),
    "closure": (3_000_000, 20_000, 0),
    "strbuf": (300_000, 3_000, 0),
    "mapint": (1_000_000, 10_000, 0),
    "mapstr": (200_000, 3_000, 0),
    "contains": (1_000_000, 20_000, 0),
    "strnaive": (20_000, 1_000, 0),
    "gen": (1_000_000, 20_000, 0),
    "deep": (100_000, 2_000, 0),
    "spawn": (100_000, 1_000, 0),
}
DYNAMIC = list(INPUTS)
TYPED = ["fib", "loop", "sieve", "nbody", "spectral", "mandel", "fannkuch", "bintree", "dispatch"]
# Kernels of fibers, and one that only copies memory, that the mean of docs and notes leaves out.
OUTSIDE_FOURTEEN = {"strnaive", "gen", "deep", "spawn"}


@dataclass(frozen=True)
class Engine:
    """One column of a kernel table.

    `missing` answers why the engine (for one kernel, where that matters) cannot run, or None. `command` takes kernel,
    input and repetitions. `steady` engines also run under callgrind: those that write no machine code.
    """

    name: str
    kernels: tuple
    missing: Callable[[str], str | None]
    command: Callable[[str, int, int], list]
    steady: bool = True
    ours: bool = False


def _needs(*programs):
    def missing(_kernel):
        for program in programs:
            found = program.exists() if hasattr(program, "exists") else shutil.which(program)
            if not found:
                return f"{layout.shown(program)} is missing: run `bench/run setup`"
        return None

    return missing


def _lua(name, *program):
    return Engine(
        name,
        tuple(DYNAMIC),
        _needs(program[0]),
        lambda kernel, size, repetitions: [*program, layout.KERNELS_LUA, repetitions, name, f"{kernel}={size}"],
        steady=name != "luajit",
    )


def _luau(name, *options):
    return Engine(
        name,
        tuple(DYNAMIC),
        _needs(layout.LUAU),
        lambda kernel, size, repetitions: [
            *(layout.LUAU, "kernels", layout.KERNELS_LUA, repetitions, name, *options, f"{kernel}={size}")
        ],
        steady=not options,
    )


def _wasmi(name, *options):
    return Engine(
        name,
        tuple(TYPED),
        _needs(layout.WASMI, layout.KERNELS_WASM),
        lambda kernel, size, repetitions: [
            *(layout.WASMI, "kernels", layout.KERNELS_WASM, repetitions, name, *options, f"{kernel}={size}")
        ],
    )


def our_source(kind, kernel):
    """Our text assembly of a kernel; `kind` is `dynamic` or `typed`."""
    return layout.KERNELS / kind / f"{kernel}.fza"


def our_missing(kind, kernel, program=None):
    """Why our side of a kernel cannot run, or None. `program` is the example `kernel` unless another build is meant."""
    program = program or layout.our_example("kernel")
    if not program.exists():
        return f"{layout.shown(program)} is missing: run `bench/run build`"
    source = our_source(kind, kernel)
    if not source.exists():
        return f"{layout.shown(source)} is missing"
    return None


def our_kernel(kind, kernel, size, repetitions, program=None):
    """The command that runs our side of a kernel; it prints `NAME MEDIAN_SECONDS MIN_SECONDS RESULT`."""
    return [program or layout.our_example("kernel"), our_source(kind, kernel), size, repetitions]


def _fox(kind, kernels):
    return Engine(
        f"fox-{kind}",
        tuple(kernels),
        lambda kernel: our_missing(kind, kernel),
        lambda kernel, size, repetitions: our_kernel(kind, kernel, size, repetitions),
        ours=True,
    )


# The first of each list is ours, the second the one that ratios are taken to.
DYNAMIC_ENGINES = [
    _fox("dynamic", DYNAMIC),
    _lua("lua5.4", "lua5.4"),
    _lua("luajit-joff", "luajit", "-joff"),
    _luau("luau"),
    _lua("luajit", "luajit"),
    _luau("luau-jit", "--jit"),
]
TYPED_ENGINES = [_fox("typed", TYPED), _wasmi("wasmi"), _wasmi("wasmi-fuel", "--fuel")]


@dataclass(frozen=True)
class Probe:
    """A program that prints rows of operations; `labels` are the engines whose rows it may print."""

    labels: tuple
    missing: Callable[[str], str | None]
    command: tuple


def _our_probe(name):
    program = layout.our_example(name)
    return Probe(
        ("fox",),
        lambda _: None if program.exists() else f"{layout.shown(program)} is missing: run `bench/run build`",
        (program,),
    )


def embed_probes():
    """Who is measured at the border between host and guest."""
    return [
        _our_probe("embed"),
        Probe(("lua5.4",), _needs(layout.EMBED_LUA), (layout.EMBED_LUA,)),
        Probe(("luajit-joff",), _needs(layout.EMBED_LUAJIT), (layout.EMBED_LUAJIT, "-joff")),
        Probe(("luajit",), _needs(layout.EMBED_LUAJIT), (layout.EMBED_LUAJIT,)),
        Probe(("luau",), _needs(layout.LUAU), (layout.LUAU, "embed")),
        Probe(("luau-jit",), _needs(layout.LUAU), (layout.LUAU, "embed", "--jit")),
        Probe(("wasmi",), _needs(layout.WASMI, layout.KERNELS_WASM), (layout.WASMI, "embed", layout.KERNELS_WASM)),
    ]


def load_probes():
    """Who is measured at loading an artifact."""
    return [
        _our_probe("load"),
        Probe(("lua5.4",), _needs("lua5.4"), ("lua5.4", layout.LOAD_LUA, "lua5.4")),
        Probe(("luajit",), _needs("luajit"), ("luajit", layout.LOAD_LUA, "luajit")),
        Probe(("luau",), _needs(layout.LUAU), (layout.LUAU, "load")),
        Probe(
            ("wasmi-lazy", "wasmi-lazy-translation", "wasmi-eager"), _needs(layout.WASMI), (layout.WASMI, "load")
        ),
    ]
