"""`make bench [B=name]`: run the benchmarks, print a table, write results.json."""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "out"
sys.path.insert(0, str(HERE.parent / "tools"))

#: In the order they run; each in a process of its own and on a database of its own.
NAMES = (
    "ledger",
    "http",
    "pos",
    "city",
    "roster",
    "registry",
    "audit",
    "meals",
    "benefits",
    "access_check",
    "access_events",
    "access_gateway",
    "access_list",
    "access_notices",
)


def main():
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return run_inside(options.names[0], Path(options.inside))
    unknown = [name for name in options.names if not chosen([name])]
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {NAMES}")
    return run_all(chosen(options.names) or NAMES)


def chosen(names):
    """A name stands for all that begin with it.

    >>> len(chosen(["pos", "access"])), chosen(["access_check"]), chosen(["acc"])
    (6, ['access_check'], [])
    """
    return [
        found
        for found in NAMES
        if any(f"{found}_".startswith(f"{name}_") for name in names)
    ]


def run_all(names):
    """Run each benchmark in its own process; keep results of those not run now."""
    OUT.mkdir(exist_ok=True)
    failed = []
    for name in names:
        print(f"==> {name}", flush=True)
        part = OUT / f"{name}.json"
        part.unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks", name, "--inside", str(part)]
        if subprocess.run(command, cwd=HERE.parent).returncode or not part.exists():
            failed.append(name)
            continue
        print(table(json.loads(part.read_text())), flush=True)
    rows = []
    for name in NAMES:
        part = OUT / f"{name}.json"
        if part.exists():
            rows += json.loads(part.read_text())
    (OUT / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(f"==> {OUT / 'results.json'}: {len(rows)} figures")
    for name in failed:
        print(f"FAILED: {name}")
    return 1 if failed else 0


def run_inside(name, part):
    import odoo.init  # noqa: F401  completes the namespace `odoo`

    from .context import Context

    with Context(name) as ctx:
        ctx.load_odoo()  # a benchmark may import the add-ons
        module = importlib.import_module(f"benchmarks.{name}")
        part.write_text(json.dumps(module.run(ctx)))
    return 0


def table(rows):
    """Aligned text of result rows.

    >>> print(table([{"name": "a", "value": 2, "unit": "s", "baseline": 4,
    ...               "ratio": 0.5}]))
    name  value  unit  baseline  ratio
    a     2      s     4         0.5
    """
    columns = ("name", "value", "unit", "baseline", "ratio")
    cells = [columns] + [
        tuple("" if row.get(c) is None else str(row[c]) for c in columns)
        for row in rows
    ]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in cells
    )


if __name__ == "__main__":
    sys.exit(main())
