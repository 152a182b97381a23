"""Fusabi: how fast it is compiled, and whole programs (`kernels/fusabi/NAME.fsx`) beside the same program in Lua.

Sources of any length are made from the parts `kernels/fusabi/part-*.fsx`, each a module of what programs are made of; `@N` in
them is the number of the part. The same length is always the same text.
"""

import json
import statistics

from . import layout, process, rhumb
from .gates import Verdict
from .process import Failed
from .report import table
from .rhumb import Program

FUSABI = rhumb.Language("fusabi", "fsx", "let {name} = {value}")


def _program(name, source, size, what, **more):
    return Program(name, source, {"n": size}, {"n": 0}, what=what, language=FUSABI, **more)


PROGRAMS = [
    _program("fib 35", "fib", 35, "calls, integers"),
    _program("loop, 30 million", "loop", 30_000_000, "arithmetic on integers"),
    _program("mandel 500", "mandel", 500, "arithmetic on floats"),
    _program("lists, 20 × 100,000", "lists", 20, "map, filter, fold"),
    _program("sieve to 2,000,000", "sieve", 2_000_000, "an array of truth values"),
    _program("matrices of 300²", "arrays", 300, "arrays of arrays of floats"),
    _program("text, 300,000 pieces", "text", 300_000, "a list of texts, joined"),
    _program("records, 3 million", "records", 3_000_000, "copies with one field changed"),
    _program("unions, 100,000", "unions", 100_000, "a tree matched over and over"),
    _program("maps, 100,000", "maps", 100_000, "a persistent map; Lua has none", lua=False),
    _program("closures, 3 million", "closures", 3_000_000, "made and called twice each"),
    _program("tuples, 3 million", "tuples", 3_000_000, "taken and given by functions"),
]

CHECKED_LINES = 1_000
COMPILED_LINES = 100_000


def source(lines):
    """A program of at least so many lines."""
    parts = [
        path.read_text(encoding="utf-8") for path in sorted((layout.KERNELS / FUSABI.folder).glob("part-*.fsx"))
    ]
    made, count = [], 0
    while count < lines:
        part = parts[len(made) % len(parts)].replace("@N", str(len(made)))
        made.append(part)
        count += part.count("\n")
    return "".join(made)


def measure_compiler(rounds, journal):
    """{"check": …, "compile": …}: figures of checking and of compiling, medians over the rounds."""
    program = layout.our_example("fusabi_compile")
    needed = (program, layout.our_command(), layout.SPAWNED)
    if not all(path.exists() for path in needed):
        journal.skip("Fusabi's compiler", "a program is missing: run `bench/run setup` and `bench/run build`")
        return {}
    files = {}
    for lines in (CHECKED_LINES, COMPILED_LINES):
        files[lines] = layout.OUT / f"fusabi-{lines}.fsx"
        files[lines].write_text(source(lines), encoding="utf-8")
    rows = {"check": [], "compile": []}
    try:
        for _ in range(rounds):
            once = json.loads(process.run([program, files[CHECKED_LINES], 0])[0])
            whole = process.used([layout.our_command(), "check", files[CHECKED_LINES]])
            rows["check"].append({**once, "process": whole.cpu * 1e9})
            rows["compile"].append(json.loads(process.run([program, files[COMPILED_LINES], 3])[0]))
    except (Failed, ValueError) as failure:
        journal.error(str(failure))
        return {}
    return {
        name: {key: statistics.median(row[key] for row in each) for key in each[0]} for name, each in rows.items()
    }


def _speed(figures):
    row = figures.get("compile")
    if not row:
        return None
    return row["lines"] / (row["check"] + row["lower"] + row["write"]) * 1e9


def compiler_report(figures):
    """The table of phases."""
    if not figures:
        return ""
    check, whole = figures["check"], figures["compile"]
    rows = [
        [f"check {check['lines']:,.0f} lines, names and types", f"{check['check'] / 1e6:.1f}"],
        ["the library's signatures, once in a process", f"{check['library_signatures'] / 1e6:.1f}"],
        ["the same as a process: `fox check`, CPU", f"{check['process'] / 1e6:.1f}"],
        ["the library's bodies, once in a process that compiles", f"{whole['library_bodies'] / 1e6:.1f}"],
        [f"compile {whole['lines']:,.0f} lines: read (part of check)", f"{whole['parse'] / 1e6:.1f}"],
        ["check", f"{whole['check'] / 1e6:.1f}"],
        ["lower", f"{whole['lower'] / 1e6:.1f}"],
        ["write", f"{whole['write'] / 1e6:.1f}"],
        ["lines a second", f"{_speed(figures):,.0f}"],
    ]
    return "### Fusabi: the compiler\n\n" + table(["what", "ms"], rows)


def compiler_verdicts(figures):
    """The rows of the issue's list."""
    speed = _speed(figures)
    check = figures.get("check")
    took = check["process"] / 1e6 if check else None
    answer = []
    for what, figure, met, gate, shown in (
        ("compiling 100,000 lines", speed, lambda it: it >= 100_000, "≥ 100,000 lines/s", "{:,.0f} lines/s"),
        ("checking a file of 1,000 lines, the whole process", took, lambda it: it < 20, "< 20 ms", "{:.1f} ms"),
    ):
        if figure is None:
            answer.append(Verdict(f"Fusabi: {what}", "–", gate, "", "not measured"))
        else:
            outcome = "gate met" if met(figure) else "MISSED"
            answer.append(Verdict(f"Fusabi: {what}", shown.format(figure), gate, "", outcome))
    return answer


def measure(rounds, journal):
    """Whole programs: as `rhumb.measure`."""
    return rhumb.measure(rounds, journal, PROGRAMS)


def report(figures):
    """The table of whole programs."""
    return rhumb.report(figures, PROGRAMS, "Fusabi")
