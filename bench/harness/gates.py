"""The issue's table of figures to reach: gate and ambition of each row, and what a run says about them.

The thresholds stand here once. A row that a run has no figure for is "not measured", never "met".
"""

import math
import statistics
from dataclasses import dataclass

from .engines import DYNAMIC, OUTSIDE_FOURTEEN, TYPED


@dataclass
class Verdict:
    """One line of the answer."""

    what: str
    measured: str
    gate: str
    ambition: str
    outcome: str


def geometric_mean(ratios):
    """The geometric mean of positive numbers, or None of none."""
    ratios = list(ratios)
    if not ratios or any(ratio <= 0 for ratio in ratios):
        return None
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def ratios(figures, engine, anchor, names=None):
    """{kernel: engine's figure through anchor's} where both have one."""
    ours, theirs = figures.get(engine, {}), figures.get(anchor, {})
    return {
        kernel: ours[kernel] / theirs[kernel]
        for kernel in (names if names is not None else ours)
        if kernel in ours and theirs.get(kernel, 0) > 0
    }


def _judge(what, measured, gate_text, ambition_text, gate_met, ambition_met):
    outcome = "ambition met" if gate_met and ambition_met else "gate met" if gate_met else "MISSED"
    return Verdict(what, measured, gate_text, ambition_text, outcome)


def _unknown(what, gate_text, ambition_text):
    return Verdict(what, "–", gate_text, ambition_text, "not measured")


def kernel_verdicts(times, broken, asked):
    """The two interpreter rows. `asked` is the kernels this run was to measure, `broken` the (engine, kernel) that
    failed or answered wrongly: one of ours among them misses the gate.
    """
    answer = []
    what, gate, ambition = "interpreter, dynamic code", "mean ≤ 1.00 × Lua 5.4, none > 1.50", "mean ≤ LuaJIT, JIT off"
    against_lua = ratios(times, "fox-dynamic", "lua5.4")
    mean = geometric_mean(against_lua.values())
    if mean is None:
        answer.append(_unknown(what, gate, ambition))
    else:
        worst = max(against_lua, key=against_lua.get)
        fourteen = geometric_mean(r for kernel, r in against_lua.items() if kernel not in OUTSIDE_FOURTEEN)
        joff = geometric_mean(ratios(times, "fox-dynamic", "luajit-joff").values())
        measured = f"{mean:.2f} × Lua 5.4 over {_coverage(against_lua, DYNAMIC)}"
        if fourteen is not None and len(against_lua) > 1:
            measured += f" ({fourteen:.2f} without {', '.join(sorted(OUTSIDE_FOURTEEN))})"
        measured += f"; worst {worst} {against_lua[worst]:.2f}"
        if joff is not None:
            measured += f"; {joff:.2f} × LuaJIT, JIT off"
        met = mean <= 1.0 and against_lua[worst] <= 1.5
        answer.append(_judge(what, measured, gate, ambition, met, joff is not None and joff <= 1.0))

    what, gate, ambition = "interpreter, typed code", "mean ≤ 1.20 × wasmi 2", "mean ≤ 0.80 × wasmi 2"
    against_wasmi = ratios(times, "fox-typed", "wasmi")
    mean = geometric_mean(against_wasmi.values())
    if mean is None:
        answer.append(_unknown(what, gate, ambition))
    else:
        worst = max(against_wasmi, key=against_wasmi.get)
        measured = f"{mean:.2f} × wasmi over {_coverage(against_wasmi, TYPED)}; worst {worst} {against_wasmi[worst]:.2f}"
        fuel = geometric_mean(ratios(times, "fox-typed", "wasmi-fuel").values())
        if fuel is not None:
            measured += f"; {fuel:.2f} × wasmi with its fuel on"
        answer.append(_judge(what, measured, gate, ambition, mean <= 1.2, mean <= 0.8))
    for verdict, engine in zip(answer, ("fox-dynamic", "fox-typed"), strict=True):
        failed = sorted(kernel for name, kernel in broken if name == engine)
        if failed:
            verdict.measured += f"; failed or wrong: {', '.join(failed)}"
            verdict.outcome = "MISSED"
    if set(asked) != set(DYNAMIC):
        for verdict in answer:
            verdict.what += " (only some kernels asked for)"
    return answer


def _coverage(measured, everything):
    missing = [kernel for kernel in everything if kernel not in measured]
    text = f"{len(measured)} of {len(everything)} kernels"
    return text + (f", without {', '.join(missing)}" if missing else "")


# What, row, unit shown, divisor, gate, ambition. Smaller is better in all of these.
_EMBED_ROWS = (
    ("host → typed plugin function", "call_typed_empty", "ns", 1, 30, 10),
    ("host → dynamic plugin function", "call_dynamic_empty", "ns", 1, 28, 15),
    ("plugin → host function", "native_add", "ns", 1, 20, 10),
    ("the ERROR handler over a borrowed line", "handler_error", "ns", 1, 60, 30),
    ("a new World from a loaded module", "world_new", "µs", 1e3, 2.5, 0.5),
    ("resident size of an idle World", "world_bytes", "KiB", 1024, 16, 4),
    ("allocate and collect a small object, dynamic", "alloc_collect_dynamic", "ns", 1, 30, 15),
    ("allocate and collect a small object, typed", "alloc_collect_typed", "ns", 1, 10, 5),
    ("minor pause, p99", "minor_pause_p99", "µs", 1e3, 100, 100),
    ("fiber with one frame", "fiber_bytes", "bytes", 1, 640, 384),
    ("yield and resume", "yield_resume", "ns", 1, 35, 20),
    ("signal from 1,000 frames deep and its reply", "signal_depth_1000", "ns", 1, 80, 35),
)


def _smaller(what, figure, unit, gate, ambition, note=""):
    gate_text, ambition_text = f"≤ {gate:g} {unit}", f"≤ {ambition:g} {unit}"
    if figure is None:
        return _unknown(what, gate_text, ambition_text)
    return _judge(what, f"{figure:.3g} {unit}{note}", gate_text, ambition_text, figure <= gate, figure <= ambition)


def embed_verdicts(figures):
    """The rows of calls, Worlds, trays, objects and fibers."""
    ours = figures.get("fox", {})
    answer = []
    for what, row, unit, divisor, gate, ambition in _EMBED_ROWS:
        figure = ours.get(row)
        answer.append(_smaller(what, None if figure is None else figure / divisor, unit, gate, ambition))
    washes = {name: figure for name, figure in ours.items() if name.startswith("tray_wash")}
    slowest = max(washes, key=washes.get, default=None)
    note = f" ({slowest}, the slowest of {len(washes)})" if slowest else ""
    answer.append(_smaller("washing the trays after a call", washes.get(slowest), "ns", 200, 50, note))
    deep, shallow = ours.get("signal_depth_1000"), ours.get("signal_depth_1")
    depth = deep / shallow if deep and shallow else None
    answer.append(_smaller("signal from 1,000 frames through one from 1", depth, "×", 1.2, 1.2))
    early, late = ours.get("garbage_heap_early_bytes"), ours.get("garbage_heap_late_bytes")
    growth = late / early if early and late is not None else None
    answer.append(_smaller("heap after a million calls through that after a thousand", growth, "×", 1.05, 1.0))
    return answer


def load_verdicts(figures):
    """The rows of opening and verifying files."""
    ours = figures.get("fox", {})
    opens = {name: figure for name, figure in ours.items() if name.startswith("open_")}
    slowest = max(opens, key=opens.get, default=None)
    sizes = sorted(int(name.removeprefix("open_")) for name in opens)
    note = f" ({slowest}, the slowest of {len(opens)} sizes, {sizes[0]:,} to {sizes[-1]:,} bytes)" if opens else ""
    figure = opens[slowest] / 1e3 if slowest else None
    answer = [_smaller("opening a known .fzb, 1 KB to 10 MB", figure, "µs", 50, 10, note)]
    if figure is not None and (sizes[0] > 2_000 or sizes[-1] < 9_000_000):
        answer[0].outcome = "not measured at all sizes"
    first = ours.get("first_call_extra")
    answer.append(_smaller("what a function's first call adds", first / 1e3 if first is not None else None, "µs", 4, 4))
    speed, gate, ambition = ours.get("verify_mb_per_s"), "≥ 200 MB/s", "≥ 1000 MB/s"
    if speed is None:
        answer.append(_unknown("verifying all of it", gate, ambition))
    else:
        answer.append(_judge("verifying all of it", f"{speed:.0f} MB/s", gate, ambition, speed >= 200, speed >= 1000))
    return answer


def metering_verdicts(pairs):
    """The row of metering: the median over the kernels of what it adds, and the kernel that it adds the most to."""
    figure = note = None
    if pairs:
        costs = {kernel: cost for kernel, (_, _, cost) in pairs.items()}
        worst = max(costs, key=costs.get)
        figure = statistics.median(costs.values()) * 100
        note = f" (median over {len(costs)} kernels; most {worst} {costs[worst] * 100:.1f} %)"
    return [_smaller("metering (fuel, deadline)", figure, "%", 10, 4, note or "")]


def process_verdicts(figures):
    """The rows of whole processes."""
    ours = figures.get("fox", {})
    resident = ours.get("small_resident_bytes")
    answer = [
        _smaller("resident size of `fox run`", resident / 1e6 if resident else None, "MB", 10, 10),
    ]
    what, gate = "the errors plugin over a million lines", "≥ 3 million lines/s"
    speed = ours.get("lines_per_second")
    if speed is None:
        answer.append(_unknown(what, gate, gate))
    else:
        answer.append(_judge(what, f"{speed / 1e6:.2f} million lines/s", gate, gate, speed >= 3e6, speed >= 3e6))
    return answer
