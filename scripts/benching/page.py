"""BENCHMARKS.json, what was measured last of each section, and BENCHMARKS.md, the page that is made of it."""

import datetime, json, os, pathlib, subprocess

from ground import quick, rounds, rows, seed
from machine import hardware

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "BENCHMARKS.json"


def schedule():
    """How this process is scheduled: what it starts is as it is."""
    policy = os.sched_getscheduler(0)
    return "at real-time priority" if policy in (os.SCHED_FIFO, os.SCHED_RR) else "at usual priority"


class Section:
    """Remembers what was so when a section began, since the load of a machine is part of what is measured."""

    def __init__(self, name):
        self.name, self.first = name, len(rows)
        self.began = datetime.datetime.now(datetime.timezone.utc)
        self.load = os.getloadavg()[0]

    def keep(self):
        words = ["git", "-C", str(ROOT), "rev-parse", "--short=10", "HEAD"]
        commit = os.environ.get("MEASURED") or subprocess.run(words, capture_output=True, text=True).stdout.strip()
        kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        kept[self.name] = dict(
            commit=commit, began=self.began.strftime("%Y-%m-%d %H:%M UTC"), rounds=rounds, seed=seed, isQuick=quick,
            seconds=round((datetime.datetime.now(datetime.timezone.utc) - self.began).total_seconds()),
            load=round(self.load, 1), schedule=schedule(), hardware=hardware(), rows=rows[self.first:])
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        (ROOT / "BENCHMARKS.md").write_text(page(kept))


def page(kept):
    count = sum(len(section["rows"]) for section in kept.values())
    missed = sum(row[3] == "MISSED" for section in kept.values() for row in section["rows"])
    lines = ["# Benchmarks", "",
             "Written by `scripts/bench --keep` from what it measured last of each section; nothing here is typed by hand.",
             "Read ratios: the machine was shared. `docs/internals/performance.md` says what was found.", "",
             f"{count} figures, {missed} of which miss their goal.", ""]
    for name, section in kept.items():
        lines += [f"## {name}", "",
                  f"{section['commit']}, {section['began']}, {section['rounds']} rounds"
                  f"{' (quick)' if section['isQuick'] else ''}, seed {section['seed']}, took {section['seconds']} s, "
                  f"{section['schedule']} on a machine with a load of {section['load']} when it began. "
                  f"{section['hardware']}.", "",
                  "| What | Measured | Goal | |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in section["rows"]] + [""]
    return "\n".join(lines)
