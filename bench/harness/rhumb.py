"""Rhumb as whole programs (`kernels/rhumb/NAME.rh`), beside the same program in Lua where Lua has the thing.

A program's first lines set its parameters (`n .= 35`, `local n = 35`); for another size a copy with other values is made.
What starting, compiling and making ready cost is measured by a run with the parameter in `nothing`, and taken off.
"""

import re
import shutil
import statistics
from collections import defaultdict
from dataclasses import dataclass, field

from . import layout, process
from .gates import Verdict
from .measure import same_result
from .process import Failed
from .report import table


@dataclass(frozen=True)
class Language:
    """A language of programs: its folder under kernels/, the ending of its files, a line that sets a parameter."""

    folder: str
    ending: str
    line: str


RHUMB = Language("rhumb", "rh", "{name} .= {value}")
_LUA_LINE = "local {name} = {value}"


@dataclass(frozen=True)
class Program:
    """One measured program: `sizes` are its parameters, `nothing` those that change nothing but the work."""

    name: str
    source: str
    sizes: dict
    nothing: dict
    lua: bool = True
    options: tuple = ()
    what: str = ""
    language: "Language | None" = None


_DEEP = ("--depth", "2000000", "--memory", "2G")

PROGRAMS = [
    Program("fib 35", "fib", {"n": 35}, {"n": 0}, what="calls, a two-armed selector"),
    Program("100,000 appends", "build", {"n": 100_000}, {"n": 0}, what="text that grows"),
    Program("200,000 appends", "build", {"n": 200_000}, {"n": 0}, what="the same, twice as long"),
    Program("sieve to 10,000", "sieve", {"n": 10_000}, {"n": 1}, what="a map of truth values"),
    Program("sieve to 1,000,000", "sieve", {"n": 1_000_000}, {"n": 1}, what="the same, longer"),
    Program("fields, 3 million", "field", {"n": 3_000_000}, {"n": 1}, what="two reads, a write"),
    Program("signals, depth 10", "signal", {"depth": 10}, {"n": 0}, what="a million, answered at the top"),
    Program("signals, depth 1,000", "signal", {"depth": 1_000}, {"n": 0}, what="a million, answered at the top"),
    Program("signals, depth 100,000", "signal", {"depth": 100_000}, {"n": 0}, options=_DEEP, what="the same"),
    Program("a million tail replies", "replies", {"n": 1_000_000}, {"n": 0}, what="a generator; Lua: a coroutine"),
    Program("two million tail replies", "replies", {"n": 2_000_000}, {"n": 0}, what="resident size must not grow"),
    Program("recursion, a million deep", "deep", {}, {"n": 0}, lua=False, options=_DEEP, what="Lua's stack ends before"),
    Program("100 subscriptions", "subscriptions", {"n": 1_000_000, "listeners": 100}, {"n": 0}, lua=False, what="a million deliveries"),
    Program("100,000 subscriptions", "subscriptions", {"n": 1_000_000, "listeners": 100_000}, {"n": 0}, lua=False, what="the same"),
    Program("100,000 processes", "processes", {}, {"n": 0}, lua=False, what="all alive at once"),
]


@dataclass
class Figure:
    """Seconds and bytes of one program on one engine: medians over the rounds."""

    seconds: list = field(default_factory=list)
    resident: list = field(default_factory=list)

    def median(self):
        """(seconds, bytes)"""
        return statistics.median(self.seconds), statistics.median(self.resident)


def _source(program, ending, values):
    """The program with these parameters, as a file."""
    language = program.language or RHUMB
    original = layout.KERNELS / language.folder / f"{program.source}.{ending}"
    text = original.read_text(encoding="utf-8")
    form = language.line if ending == language.ending else _LUA_LINE
    for name, value in values.items():
        pattern = "^" + re.escape(form.format(name=name, value="@")).replace("@", r"\d+") + "$"
        line = form.format(name=name, value=value)
        text, count = re.subn(pattern, line, text, count=1, flags=re.MULTILINE)
        if count != 1:
            raise Failed(f"{layout.shown(original)} has no line that sets {name}")
    made = layout.OUT / f"{language.folder}-{program.source}.{'-'.join(str(value) for value in values.values())}.{ending}"
    made.write_text(text, encoding="utf-8")
    return made


def _commands(program, values):
    """The engines that run a program, and how."""
    yield "fox", [layout.our_command(), "run", *program.options, _source(program, (program.language or RHUMB).ending, values)]
    if program.lua and shutil.which("lua5.4"):
        yield "lua5.4", ["lua5.4", _source(program, "lua", values)]


def measure(rounds, journal, programs=None):
    """{program: {engine: (seconds, resident bytes)}}: CPU time of the whole process, less that of one without work."""
    if not layout.SPAWNED.exists() or not layout.our_command().exists():
        journal.skip("whole programs", "a program is missing: run `bench/run setup` and `bench/run build`")
        return {}
    if not shutil.which("lua5.4"):
        journal.skip("lua5.4", "lua5.4 is missing: run `bench/run setup`")
    figures = defaultdict(lambda: defaultdict(Figure))
    broken = set()
    for _ in range(rounds):
        for program in programs or PROGRAMS:
            if program.name in broken:
                continue
            try:
                answers = {}
                idle = dict(_commands(program, {**program.sizes, **program.nothing}))
                for engine, command in _commands(program, program.sizes):
                    worked, without = process.used(command), process.used(idle[engine])
                    answers[engine] = worked.out.strip()
                    figure = figures[program.name][engine]
                    figure.seconds.append(max(worked.cpu - without.cpu, 1e-6))
                    figure.resident.append(worked.resident)
                first = next(iter(answers.values()))
                if not all(same_result(first, answer) for answer in answers.values()):
                    raise Failed(f"{program.name}: the engines answer {answers}")
            except Failed as failure:
                journal.error(str(failure))
                broken.add(program.name)
                figures.pop(program.name, None)
    return {name: {who: each.median() for who, each in row.items()} for name, row in figures.items()}


def report(figures, programs=None, title="Rhumb"):
    """The table of programs."""
    if not figures:
        return ""
    rows = []
    for program in programs or PROGRAMS:
        row = figures.get(program.name)
        if not row:
            continue
        ours, lua = row["fox"], row.get("lua5.4")
        rows.append(
            [
                program.name,
                program.what,
                f"{ours[0] * 1e3:.1f}",
                f"{lua[0] * 1e3:.1f} ({ours[0] / lua[0]:.2f})" if lua else "",
                f"{ours[1] / 1e6:.1f}",
                f"{lua[1] / 1e6:.1f}" if lua else "",
            ]
        )
    header = ["program", "what", "fox: CPU ms", "lua5.4 (ratio)", "fox: peak MB", "lua5.4"]
    return f"### {title}: whole programs, starting taken off\n\n" + table(header, rows)


def verdicts(figures):
    """The rows of the issue's list."""

    def seconds(name, engine="fox"):
        return figures.get(name, {}).get(engine, (None, None))[0]

    def resident(name):
        return figures.get(name, {}).get("fox", (None, None))[1]

    def through(a, b):
        return a / b if a and b else None

    def against_lua(name):
        return through(seconds(name), seconds(name, "lua5.4"))

    rows = [
        ("fib 35", against_lua("fib 35"), "× Lua 5.4", 1.0),
        ("twice the appends through once", through(seconds("200,000 appends"), seconds("100,000 appends")), "×", 2.5),
        ("sieve to 10,000", (seconds("sieve to 10,000") or 0) * 1e3 or None, "ms", 50),
        ("field access", against_lua("fields, 3 million"), "× Lua 5.4", 1.3),
        ("signals at depth 1,000 through 10", through(seconds("signals, depth 1,000"), seconds("signals, depth 10")), "×", 1.2),
        ("signals at depth 100,000 through 10", through(seconds("signals, depth 100,000"), seconds("signals, depth 10")), "×", 1.2),
        ("a million tail replies", against_lua("a million tail replies"), "× Lua 5.4's coroutines", 1.0),
        (
            "resident: two million tail replies through one",
            through(resident("two million tail replies"), resident("a million tail replies")),
            "×",
            1.1,
        ),
        ("recursion a million deep", seconds("recursion, a million deep"), "s", 60),
        (
            "a delivery among 100,000 subscriptions through one among 100",
            through(seconds("100,000 subscriptions"), seconds("100 subscriptions")),
            "×",
            1.3,
        ),
        ("resident: 100,000 processes", (resident("100,000 processes") or 0) / 1e6 or None, "MB", 400),
    ]
    answer = []
    for what, figure, unit, gate in rows:
        text = f"≤ {gate:g} {unit}"
        if figure is None:
            answer.append(Verdict(f"Rhumb: {what}", "–", text, "", "not measured"))
        else:
            outcome = "gate met" if figure <= gate else "MISSED"
            answer.append(Verdict(f"Rhumb: {what}", f"{figure:.3g} {unit}", text, "", outcome))
    return answer
