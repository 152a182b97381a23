"""The measurements. Everybody who takes part is run once per round, one after the other, then the next round begins:
so that what the machine does meanwhile falls on all of them. Every figure is the median over the rounds.
"""

import json
import os
import statistics
import sys
from collections import defaultdict

from . import engines, layout, process
from .process import Failed


class Journal:
    """What went wrong (`errors` end the run with status 1) and what could not be measured (`skipped`)."""

    def __init__(self):
        self.errors = []
        # By reason: what it kept from being measured.
        self.skipped = {}

    def error(self, text):
        """Notes a failure."""
        print(f"error: {text}", file=sys.stderr, flush=True)
        self.errors.append(text)

    def skip(self, what, why):
        """Notes once that `what` was not measured."""
        if why not in self.skipped:
            print(f"skipped: {what}: {why}", file=sys.stderr, flush=True)
        known = self.skipped.setdefault(why, [])
        if what not in known:
            known.append(what)


def _progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _progress_done():
    _progress("")


def same_result(one, other):
    """Whether two checksums are the same number (`9`, `9.0`), or else the same text."""
    try:
        return int(one) == int(other)
    except ValueError:
        pass
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


class Results:
    """Compares every engine's checksum of a kernel, at one size of input, with the first peer's."""

    def __init__(self, journal):
        self.journal = journal
        self.seen = defaultdict(dict)

    def note(self, kernel, size, engine, result):
        """Takes one result."""
        self.seen[kernel, size].setdefault(engine.name, (engine.ours, result))

    def check(self):
        """Reports every disagreement, once all are in; answers the (engine, kernel) that are wrong."""
        wrong = set()
        for (kernel, size), results in self.seen.items():
            peers = [(name, result) for name, (ours, result) in results.items() if not ours]
            reference = peers[0] if peers else next(((n, r) for n, (_, r) in results.items()), None)
            for name, (_, result) in results.items():
                if reference and not same_result(result, reference[1]):
                    self.journal.error(
                        f"{kernel}({size}): {name} answers {result}, {reference[0]} answers {reference[1]}"
                    )
                    wrong.add((name, kernel))
        return wrong


def _runnable(some_engines, kernel, journal):
    for engine in some_engines:
        if kernel not in engine.kernels:
            continue
        why = engine.missing(kernel)
        if why:
            journal.skip(engine.name, why)
        else:
            yield engine


def kernels(names, rounds, repetitions, journal):
    """Seconds of CPU time: ({engine: {kernel: median}}, {(engine, kernel)} that failed or answered wrongly).

    What failed has no time: a wrong answer is not fast.
    """
    everyone = engines.DYNAMIC_ENGINES + engines.TYPED_ENGINES
    results = Results(journal)
    times = defaultdict(lambda: defaultdict(list))
    broken = set()
    for number in range(rounds):
        for kernel in names:
            size = engines.INPUTS[kernel][0]
            for engine in _runnable(everyone, kernel, journal):
                if (engine.name, kernel) in broken:
                    continue
                _progress(f"round {number + 1}/{rounds}: {kernel} on {engine.name}")
                try:
                    out, _ = process.run(engine.command(kernel, size, repetitions))
                    median, _, result = process.kernel_row(out)
                except Failed as failure:
                    journal.error(str(failure))
                    broken.add((engine.name, kernel))
                    continue
                times[engine.name][kernel].append(median)
                results.note(kernel, size, engine, result)
    _progress_done()
    broken |= results.check()
    for engine, kernel in broken:
        times[engine].pop(kernel, None)
    return _medians(times), broken


def _medians(times):
    return {who: {what: statistics.median(each) for what, each in rows.items()} for who, rows in times.items()}


def kernel_instructions(names, journal):
    """Instructions executed, start-up subtracted: {engine: {kernel: count}} over all engines that write no code."""
    everyone = [engine for engine in engines.DYNAMIC_ENGINES + engines.TYPED_ENGINES if engine.steady]
    results = Results(journal)
    counts = defaultdict(dict)
    for kernel in names:
        _, size, nothing = engines.INPUTS[kernel]
        for engine in _runnable(everyone, kernel, journal):
            _progress(f"callgrind: {kernel} on {engine.name}")
            try:
                whole, out = process.instructions(engine.command(kernel, size, 1))
                start_up, _ = process.instructions(engine.command(kernel, nothing, 1))
                results.note(kernel, size, engine, process.kernel_row(out)[2])
            except Failed as failure:
                journal.error(str(failure))
                continue
            counts[engine.name][kernel] = whole - start_up
    _progress_done()
    for engine, kernel in results.check():
        counts[engine].pop(kernel, None)
    return dict(counts)


def operations(probes, rounds, journal):
    """Figures of operations: {engine: {operation: median}}."""
    figures = defaultdict(lambda: defaultdict(list))
    broken = set()
    for number in range(rounds):
        for probe in probes:
            why = probe.missing("")
            if why:
                journal.skip(", ".join(probe.labels), why)
                continue
            if probe in broken:
                continue
            _progress(f"round {number + 1}/{rounds}: {', '.join(probe.labels)}")
            try:
                out, _ = process.run(probe.command)
                for (label, name), figure in process.operation_rows(out, probe.labels).items():
                    figures[label][name].append(figure)
            except Failed as failure:
                journal.error(str(failure))
                broken.add(probe)
    _progress_done()
    return _medians(figures)


def metering(names, rounds, repetitions, journal):
    """Our kernels by two builds, one without metering: {kernel as KIND/NAME: (metered seconds, unmetered seconds, cost)}.

    The two run one after the other, and cost is the median of their ratios, less 1: what else the machine does falls on
    both of a pair. Of the repetitions in a process the shortest counts.
    """
    programs = (layout.our_example("kernel"), layout.our_unmetered_kernel())
    pairs = defaultdict(list)
    broken = set()
    for number in range(rounds):
        for kind, kernel in [(kind, name) for kind in ("dynamic", "typed") for name in names]:
            if kind == "typed" and kernel not in engines.TYPED:
                continue
            row = f"{kind}/{kernel}"
            missing = next(filter(None, (engines.our_missing(kind, kernel, program) for program in programs)), None)
            if missing:
                journal.skip("metering", missing)
                continue
            if row in broken:
                continue
            _progress(f"round {number + 1}/{rounds}: metering {row}")
            size = engines.INPUTS[kernel][0]
            try:
                # Turn by turn the one or the other goes first.
                order = programs if number % 2 == 0 else programs[::-1]
                took, results = {}, {}
                for program in order:
                    out, _ = process.run(engines.our_kernel(kind, kernel, size, repetitions, program))
                    _, took[program], results[program] = process.kernel_row(out)
                if len(set(results.values())) != 1:
                    raise Failed(f"metering {row}: the two builds answer {' and '.join(results.values())}")
            except Failed as failure:
                journal.error(str(failure))
                broken.add(row)
                continue
            pairs[row].append(tuple(took[program] for program in programs))
    _progress_done()
    return {row: _cost(each) for row, each in pairs.items() if row not in broken}


def metering_instructions(names, journal):
    """As `metering`, by instructions: {kernel: (metered, unmetered, cost)}, start-up subtracted."""
    programs = (layout.our_example("kernel"), layout.our_unmetered_kernel())
    answer = {}
    for kind, kernel in [(kind, name) for kind in ("dynamic", "typed") for name in names]:
        if kind == "typed" and kernel not in engines.TYPED:
            continue
        missing = next(filter(None, (engines.our_missing(kind, kernel, program) for program in programs)), None)
        if missing:
            journal.skip("metering", missing)
            continue
        _, size, nothing = engines.INPUTS[kernel]
        _progress(f"callgrind: metering {kind}/{kernel}")
        try:
            counts = []
            for program in programs:
                whole, _ = process.instructions(engines.our_kernel(kind, kernel, size, 1, program))
                start_up, _ = process.instructions(engines.our_kernel(kind, kernel, nothing, 1, program))
                counts.append(whole - start_up)
        except Failed as failure:
            journal.error(str(failure))
            continue
        answer[f"{kind}/{kernel}"] = _cost([tuple(counts)])
    _progress_done()
    return answer


def _cost(pairs):
    """(median with, median without, median of with through without, less 1) of pairs."""
    with_, without = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(with_), statistics.median(without), ratio - 1


LOG_LINES = 1_000_000
LOG_ERRORS = LOG_LINES // 4
_LINES = (
    "2026-01-01 INFO service started ok in {}ms",
    "2026-01-01 ERROR disk sda{} is full",
    "2026-01-01 DEBUG cache miss for key {}",
    "2026-01-01 INFO request GET /page/{} 200",
)


def million_lines():
    """A log of a million lines, one in four with ERROR, made once."""
    log = layout.OUT / "million.log"
    if not log.exists():
        layout.OUT.mkdir(exist_ok=True)
        unfinished = log.with_suffix(f".{os.getpid()}")
        with unfinished.open("w", encoding="ascii") as file:
            file.writelines(_LINES[i % 4].format(i) + "\n" for i in range(LOG_LINES))
        unfinished.rename(log)
    return log


def whole_processes(rounds, journal):
    """Whole processes: {engine: {figure: median}} with `small_resident_bytes`, `lines_per_second`,
    `log_resident_bytes`; seconds are user and system time of the process alone.
    """
    if not layout.SPAWNED.exists():
        journal.skip("whole processes", f"{layout.shown(layout.SPAWNED)} is missing: run `bench/run setup`")
        return {}
    log = million_lines()
    on_log = {
        "lua5.4": ["lua5.4", layout.ERRORS_LUA],
        "luajit-joff": ["luajit", "-joff", layout.ERRORS_LUA],
        "luajit": ["luajit", layout.ERRORS_LUA],
    }
    small = {"lua5.4": ["lua5.4", "-e", "print(1)"], "luajit": ["luajit", "-e", "print(1)"]}
    fox = layout.our_command()
    if fox.exists():
        for table, source, verb in (
            (small, layout.ROOT / "examples" / "hello.fza", ["run", "-A"]),
            (on_log, layout.ROOT / "examples" / "plugins" / "errors.fza", ["plug", "run"]),
        ):
            if not source.exists():
                journal.skip(f"fox {' '.join(verb)}", f"{layout.shown(source)} is missing")
                continue
            built = layout.OUT / f"{source.stem}.fzb"
            try:
                process.run([fox, "asm", source, "-o", built])
                table["fox"] = [fox, *verb, built, "--json"]
            except Failed as failure:
                journal.error(str(failure))
    else:
        journal.skip("fox (whole process)", f"{layout.shown(fox)} is missing: run `bench/run build`")

    figures = defaultdict(lambda: defaultdict(list))
    for _ in range(rounds):
        for name, command in small.items():
            _try(journal, lambda: figures[name]["small_resident_bytes"].append(process.used(command).resident))
        for name, command in on_log.items():

            def feed():
                with log.open("rb") as lines:
                    used = process.used(command, stdin=lines)
                counts = (_json_counts if name == "fox" else _plain_counts)(used.out)
                if counts != [LOG_LINES, LOG_ERRORS, LOG_ERRORS]:
                    raise Failed(f"{name}: lines, notify and set_color were {counts} over {layout.shown(log)}")
                figures[name]["lines_per_second"].append(LOG_LINES / used.cpu)
                figures[name]["log_resident_bytes"].append(used.resident)

            _try(journal, feed)
    return _medians(figures)


def _plain_counts(out):
    return [int(word) for word in out.split() if word.isdigit()]


def _json_counts(out):
    try:
        answer = json.loads(out.strip().splitlines()[-1])
        return [answer[key] for key in ("lines", "notify", "set_color")]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Failed(f"fox plug run --json: no counts in its last line: {error!r}") from None


def _try(journal, action):
    try:
        action()
    except Failed as failure:
        journal.error(str(failure))
