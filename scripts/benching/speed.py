"""Runs of a thousand steps beside ninja, and of one step."""

import os, shutil, statistics

from ground import Engine, Ended, chance, engine_pid, leave, quick, rounds, row, scratch, tminus
from shapes import (
    chain, chain_ninja, flat, flat_ninja, layers, layers_ninja, one_step, tenfold, tenfold_ninja)

running = None
own_times = {}


def by_ninja(file):
    folder = f"{scratch}/ninja"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return Ended(["ninja", "-j8", "-C", folder, "-f", file]).succeeded("ninja")


def own_time(pid):
    """Processor seconds of a process's threads; its children are not counted."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            total += int(open(f"/proc/{pid}/task/{thread}/schedstat").read().split()[0])
        except OSError:
            continue
    return total / 1e9


def by_fresh_engine(file):
    data = f"{scratch}/fresh"
    seconds = Ended([tminus, "run", file, "--data", data]).succeeded("tminus run")
    own_times.setdefault((file, "fresh"), []).append(own_time(engine_pid(data)))
    leave(data)
    return seconds


def by_running_engine(file):
    before = own_time(running.process.pid)
    seconds = Ended([tminus, "run", file, "--data", running.data]).succeeded("tminus run")
    own_times.setdefault((file, "running"), []).append(own_time(running.process.pid) - before)
    return seconds


def speed():
    global running
    running = Engine(f"{scratch}/running")
    times = {}
    shapes = [("flat", flat, flat_ninja), ("chain", chain, chain_ninja), ("layers", layers, layers_ninja)]
    subjects = [
        (shape, name, run, file)
        for shape, tminus_file, ninja in shapes
        for name, run, file in [
            ("ninja", by_ninja, ninja), ("fresh", by_fresh_engine, tminus_file),
            ("running", by_running_engine, tminus_file)]
    ]
    for subject in subjects:
        subject[2](subject[3])  # once without measuring, for the page cache
    for _ in range(rounds):
        chance.shuffle(subjects)
        for shape, name, run, file in subjects:
            times.setdefault((shape, name), []).append(run(file))
    singles = [by_running_engine(one_step) for _ in range(10 if quick else 50)]
    tenfolds = [(by_ninja(tenfold_ninja), by_running_engine(tenfold)) for _ in range(1 if quick else 3)]
    running.stop()

    titles = {
        "flat": "1,000 independent steps, 8 at a time", "chain": "a chain of 1,000 steps",
        "layers": "10 layers of 100 steps, each after all above"}
    # What was set for them: times ninja.
    goals = {"flat": 1.2, "chain": 1.5, "layers": 1.5}
    engines = {"fresh": "fresh data directory", "running": "running engine"}
    files = {shape: file for shape, file, _ in shapes}
    for shape, title in titles.items():
        floor = times[(shape, "ninja")]
        row(f"{title}: ninja -j8", f"{statistics.median(floor):.3f} s")
        for name, engine in engines.items():
            own = times[(shape, name)]
            ratio = statistics.median(mine / theirs for mine, theirs in zip(own, floor))
            row(f"{title}: {engine}", f"{statistics.median(own):.3f} s = {ratio:.2f} × ninja",
                f"{goals[shape]:.2f} ×", ratio <= goals[shape])
            spent = statistics.median(own_times[(files[shape], name)][1:])
            row(f"{title}: {engine}, the engine's own time", f"{spent:.3f} ms a step", "0.300 ms", spent <= 0.3)

    # A thousand steps: seconds of a run are milliseconds of a step.
    per_step = statistics.median(own_times[(tenfold, "running")]) / 10
    ratio = statistics.median(mine / theirs for theirs, mine in tenfolds)
    row("10,000 independent steps: running engine", f"{ratio:.2f} × ninja, own time {per_step:.3f} ms a step")
    median = statistics.median(singles)
    row("one step: running engine", f"{median * 1000:.1f} ms", "60 ms", median < 0.06)
