#!/usr/bin/env python3
"""upkeep.py [--only PART[,PART]] [--points N|all] [--kinds N] [--images N] [--parallel N] [--seed N] [--tampered]

Ends the upkeep of Tminus by SIGKILL at what it does that lasts: once at each kind of place and at N more points, or at
every one. Then the same is asked again, or something else, at every other point.

  prune   `tminus store prune`. Each run is whole or pruned, recorded once, and none is half for good; what lives or what
          going back needs is untouched; what is left is the same as after an undisturbed pruning.
  backup  `tminus store backup` while a run goes on. The file is absent or a whole copy of one moment.
  back    `tminus rollback` with the journal gone: the engine that stands in is killed, or the command. No undo step
          starts twice or is skipped, newest first; what the command says is true. Then the journal is back, and what
          was done is taken in, killed again: exactly once, and what was taken back is in place no more, also when the
          journal is lost again.

  --only      of prune, backup, back
  --points    how many beside one of each kind; default TMINUS_CRASH_POINTS, else 6
  --kinds     one of so many kinds at the most, of each of the seven things that are killed
  --images    how many disks after a power cut while an engine prunes, and takes in (disk.py); default TMINUS_POWER_IMAGES, else 20
  --parallel  how many at a time; default 4
  --seed      which points and disks are drawn
  --tampered  no kills: what is wrong on purpose must be found

Ends with 1 when there is a violation.
"""
import argparse
import os
import sys
import time

import back
import backup
import bench
import prune
import rounds

PARTS = {"prune": (prune, "pruning cut short"), "backup": (backup, "backup cut short"),
         "back": (back, "going back cut short, without a journal")}


def try_the_checker(names):
    missed, count = [], 0
    for name in names:
        scenario = PARTS[name][0]
        shelf = scenario.make()
        try:
            ways, clean = scenario.tamper(shelf)
        finally:
            shelf.bench.close()
        count += len(ways)
        missed += [f"{name}: {way}" for way, found in ways.items() if not found] + clean
    print(f"{count} ways, not found: {missed}")
    return 1 if missed else 0


def torture(name, options, pool):
    """Every round of a part; its ledger."""
    scenario, what = PARTS[name]
    began, draws, ledger, seen = time.monotonic(), rounds.draws(options.seed), rounds.Ledger(), set()
    kills, count, cuts = [], 0, 0
    shelves = rounds.Shelves(scenario.make, options.parallel, pool)
    try:
        recordings = scenario.recordings(shelves.all[0])
        shelves.offer(shelves.all)
        for title, recorded, words in recordings:
            # An engine's start is recorded more than once: one of each kind is enough.
            fresh = [one for one in recorded if (words[-1:], one.place) not in seen]
            seen |= {(words[-1:], one.place) for one in recorded}
            count += len(recorded)
            for point, again in rounds.chosen(recorded, fresh, options, draws):
                kills.append((f"{title}, point {point} of {len(recorded)}",
                              pool.submit(shelves.use, scenario.kill, *words, point, again)))
        if hasattr(scenario, "power") and options.images:
            # What a disk holds belongs to the folder in which it was recorded: those are looked at one by one.
            shelf = shelves.take()
            for title, *round_ in scenario.power(shelf, options.images, draws):
                cuts += 1
                ledger.note(f"{name}, {title}", *round_)
            shelves.offer([shelf])
        for title, future in kills:
            ledger.note_kill(title, *future.result())
    finally:
        shelves.close()
    ledger.print_places()
    print(f"{name}: {ledger.kills} kills at {len(ledger.places)} kinds of places, of {count} points, {cuts} power cuts; "
          f"{len(ledger.violations)} violations, {time.monotonic() - began:.0f} s", flush=True)
    bench.tally(what, f"{count} points", ledger.kills + cuts, ledger.rounds, ledger.violations)
    if ledger.kills < (ledger.rounds - cuts) // 2:
        print("too few of the kills came before the end", file=sys.stderr)
        sys.exit(1)
    return ledger


def main():
    parser = argparse.ArgumentParser(prog="upkeep.py")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--points", default=os.environ.get("TMINUS_CRASH_POINTS", "6"))
    parser.add_argument("--kinds", type=int, default=1000)
    parser.add_argument("--images", type=int, default=int(os.environ.get("TMINUS_POWER_IMAGES", "20")))
    parser.add_argument("--parallel", type=int, default=int(os.environ.get("TMINUS_PARALLEL", "4")))
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--tampered", action="store_true")
    options = parser.parse_args()
    names = options.only.split(",")
    if set(names) - set(PARTS):
        parser.error(f"--only is of {', '.join(PARTS)}")
    bench.tracer()
    if options.tampered:
        sys.exit(try_the_checker(names))
    with rounds.pool(options) as pool:
        ledgers = [torture(name, options, pool) for name in names]
    sys.exit(1 if any(ledger.violations for ledger in ledgers) else 0)


if __name__ == "__main__":
    main()
