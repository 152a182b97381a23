"""Markdown tables of what was measured."""

import re

from .engines import DYNAMIC, DYNAMIC_ENGINES, OUTSIDE_FOURTEEN, TYPED, TYPED_ENGINES
from .gates import geometric_mean, ratios


def table(header, rows):
    """A Markdown table: the first column to the left, the others to the right."""
    lines = [f"| {' | '.join(header)} |", "|---|" + "---:|" * (len(header) - 1)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def _present(figures, some_engines):
    return [engine.name for engine in some_engines if figures.get(engine.name)]


def _kernel_table(figures, some_engines, kernels, anchor, shown):
    columns = _present(figures, some_engines)
    kernels = [kernel for kernel in kernels if any(kernel in figures[column] for column in columns)]
    if not kernels:
        return None
    to_anchor = {column: ratios(figures, column, anchor, kernels) for column in columns}
    rows = []
    for kernel in kernels:
        row = [kernel]
        for column in columns:
            figure = figures[column].get(kernel)
            ratio = to_anchor[column].get(kernel)
            cell = "" if figure is None else shown(figure)
            row.append(cell + (f" ({ratio:.2f})" if ratio is not None and column != anchor else ""))
        rows.append(row)
    rows.append(_mean_row("geometric mean", to_anchor, columns, kernels))
    fourteen = [kernel for kernel in kernels if kernel not in OUTSIDE_FOURTEEN]
    if fourteen and len(fourteen) < len(kernels):
        rows.append(_mean_row("… without " + ", ".join(sorted(OUTSIDE_FOURTEEN)), to_anchor, columns, fourteen))
    return table(["kernel", *columns], rows)


def _mean_row(name, to_anchor, columns, kernels):
    row = [name]
    for column in columns:
        chosen = [ratio for kernel, ratio in to_anchor[column].items() if kernel in kernels]
        mean = geometric_mean(chosen)
        row.append("" if mean is None else f"**{mean:.2f}** (n={len(chosen)})")
    return row


def kernels(figures, unit):
    """Both kernel tables; `unit` is `ms` (figures in seconds) or `instructions`."""
    shown = (lambda f: f"{f * 1e3:.1f}") if unit == "ms" else (lambda f: f"{f / 1e6:.2f} M")
    what = "CPU ms, median" if unit == "ms" else "Instructions by callgrind, smaller inputs, start-up subtracted"
    parts = []
    for title, some_engines, names, anchor in (
        ("dynamic kernels", DYNAMIC_ENGINES, DYNAMIC, "lua5.4"),
        ("typed kernels", TYPED_ENGINES, TYPED, "wasmi"),
    ):
        text = _kernel_table(figures, some_engines, names, anchor, shown)
        if text:
            parts.append(f"### {what}: {title} (ratio to {anchor})\n\n{text}")
    return "\n\n".join(parts)


def _figure(name, figure):
    return f"{figure:,.0f}" if name.endswith("_bytes") or figure >= 1000 else f"{figure:.1f}"


def operations(figures):
    """The table of operations at the border, nanoseconds unless the name says otherwise."""
    if not figures:
        return ""
    columns = sorted(figures, key=lambda name: name != "fox")
    names = list(dict.fromkeys(name for column in columns for name in figures[column]))
    rows = [
        [name, *(_figure(name, figures[column][name]) if name in figures[column] else "" for column in columns)]
        for name in names
    ]
    return "### Host and guest: ns per operation (`_bytes`: bytes)\n\n" + table(["operation", *columns], rows)


def load(figures):
    """The table of loading: one row per engine, one column per order of size, in microseconds."""
    if not figures:
        return ""
    sizes = (1e3, 1e4, 1e5, 1e6, 1e7)
    rows, others = [], []
    for engine in sorted(figures, key=lambda name: name != "fox"):
        cells = dict.fromkeys(sizes, "")
        for name, figure in figures[engine].items():
            found = re.fullmatch(r"open_(\d+)", name)
            if not found:
                others.append([f"{engine} {name}", _figure(name, figure)])
                continue
            size = int(found.group(1))
            nearest = min(sizes, key=lambda s: max(size, 1) / s if size > s else s / max(size, 1))
            speed = size / figure * 1e3 if figure else 0
            cells[nearest] = f"{figure / 1e3:,.1f} ({_bytes(size)}, {speed:,.0f} MB/s)"
        rows.append([engine, *cells.values()])
    text = "### Loading an artifact: µs (its size, speed)\n\n"
    text += table(["engine", "1 KB", "10 KB", "100 KB", "1 MB", "10 MB"], rows)
    if others:
        text += "\n\n" + table(["load", "figure"], others)
    return text


def _bytes(size):
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} KB"


def metering(pairs, unit):
    """The table of what metering costs; `unit` is `ms` (figures in seconds) or `instructions`."""
    if not pairs:
        return ""
    shown = (lambda f: f"{f * 1e3:.1f}") if unit == "ms" else (lambda f: f"{f / 1e6:.2f} M")
    rows = [[name, shown(with_), shown(without), f"{cost * 100:+.1f} %"] for name, (with_, without, cost) in pairs.items()]
    what = "CPU ms, the shortest of a process" if unit == "ms" else "instructions by callgrind, smaller inputs"
    return f"### Metering: {what}\n\n" + table(["kernel", "metered", "unmetered", "cost"], rows)


def processes(figures):
    """The table of whole processes."""
    if not figures:
        return ""
    rows = []
    for engine in sorted(figures, key=lambda name: name != "fox"):
        f = figures[engine]
        rows.append(
            [
                engine,
                f"{f['small_resident_bytes'] / 1e6:.1f} MB" if "small_resident_bytes" in f else "",
                f"{f['lines_per_second'] / 1e6:.2f} M" if "lines_per_second" in f else "",
                f"{f['log_resident_bytes'] / 1e6:.1f} MB" if "log_resident_bytes" in f else "",
            ]
        )
    header = ["process", "resident, small program", "lines/s, errors plugin", "resident, million lines"]
    return "### Whole processes (user and system time)\n\n" + table(header, rows)


def verdicts(rows):
    """The issue's table, a line per row."""
    cells = [[v.what, v.measured, v.gate, v.ambition, v.outcome] for v in rows]
    return "### Gates\n\n" + table(["what", "measured", "gate", "ambition", "outcome"], cells)
