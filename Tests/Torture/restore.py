#!/usr/bin/env python3
"""restore.py [--points N|all] [--kinds N] [--images N] [--parallel N] [--tampered]

Ends `tminus store restore` by SIGKILL at what it does that lasts: once at each kind of place and at N more points, or at
every one; and cuts the power at any moment of it (disk.py). The backup is of a moment at which a step was running. It is
restored into its own data directory, where that step left its result since, and into another one, where nothing is known
of it. Then an engine starts, at every other point after another restore.

  - The journal is the old one or the backup's, whole; after another restore it is the backup's.
  - Nothing starts a second time: what the backup knows as running is read from its files, or asked about.
  - The burn alerts are those of the journal. A restore that changed nothing left nothing.
  - A new run takes nothing over from one of its name that the backup doesn't know.

  --points    how many beside one of each kind; default TMINUS_CRASH_POINTS, else 12
  --kinds     one of so many kinds at the most
  --images    how many disks after a power cut, for each of the two directories; default TMINUS_POWER_IMAGES, else 40
  --parallel  how many at a time; default 4
  --tampered  no kills: what is wrong on purpose must be found

Ends with 1 when there is a violation.
"""
import argparse
import json
import os
import shutil
import sys
import time

import bench
import disk
import points
import rounds

LIVE, OTHER = "live-1", "other-1"
LIVE_PIPELINE = """pipeline: live
environment: live
steps:
  a: {run: [/bin/sh, -c, "echo start a >>marks"], effect: none}
  b: {run: [/bin/sh, -c, "echo start b >>marks; while [ ! -e go ]; do sleep 0.02; done"], effect: none}
  c: {run: [/bin/sh, -c, "echo start c >>marks"], effect: none}
"""
OTHER_PIPELINE = """pipeline: other
environment: other
steps:
  d: {run: [/bin/sh, -c, "echo start d >>marks"], effect: none}
"""
# As the engine writes them when there is none: it leaves such a file as it is.
ALERTS = {"old": '{"format":1,"services":[]}\n\n', "backup": '{"format":1,"services":[]}\n'}
PLACES = ("own", "another")


class Shelf(rounds.Shelf):
    """A folder with a backup, and the two data directories that it is restored into, as they were before."""

    def __init__(self):
        super().__init__()
        it = self.bench
        (it.folder / "live.yaml").write_text(LIVE_PIPELINE)
        (it.folder / "other.yaml").write_text(OTHER_PIPELINE)
        self.backup = it.folder / "copy.sqlite"
        self.old, self.events = {}, None
        self.fill_own()
        self.fill_another()
        self.marks = it.marks
        self.events = self.journal(self.backup).events

    def fill_own(self):
        it = self.bench
        self.begin()
        self.ask(it.run("run", "live.yaml", "--detach"))
        if not it.until(lambda: "start b" in it.marks):
            raise bench.Problem("the run to back up did not begin")
        (it.data / "alerts.json").write_text(ALERTS["backup"])
        self.ask(it.run("store", "backup", "copy.sqlite"))
        (it.folder / "go").touch()
        self.ask(it.run("watch", LIVE))
        self.end("own")

    def fill_another(self):
        self.begin()
        self.end("another")

    def end(self, place):
        """One more run, and the engine is gone: killed, so that its newest events are in the log alone."""
        it = self.bench
        self.ask(it.run("run", "other.yaml"))
        (it.data / "alerts.json").write_text(ALERTS["old"])
        self.stop()
        self.old[place] = self.journal(it.data / "journal.sqlite").events
        it.data.rename(it.folder / place)

    def restore(self, *before, out="restore"):
        return self.bench.start(*before, "tminus", "store", "restore", str(self.backup), out=out).wait(bench.PATIENCE)


class Round:
    """What lies in the data directory after a restore that was cut short, and what an engine makes of it."""

    def __init__(self, shelf, place):
        self.shelf, self.place, self.it = shelf, place, shelf.bench

    def which(self, found):
        """Whose journal is in place: `old` or `backup`; None when it is neither's."""
        try:
            journal = self.shelf.journal(self.it.data / "journal.sqlite")
        except Exception as problem:
            found.append(f"the journal can't be read: {problem}")
            return None
        found += journal.problems
        if journal.events == self.shelf.old[self.place]:
            return "old"
        if journal.events == self.shelf.events:
            return "backup"
        found.append(f"the journal is neither the old one nor the backup's: {sorted(journal.events)}")
        return None

    def judge(self, restores_again):
        found = []
        which = self.which(found)
        if restores_again and not found:
            code = self.shelf.restore(out="again")
            if code != 0:
                found.append(f"another restore ended with {code}: {bench.read(self.it.folder / 'again.err')[-300:]}")
            elif (which := self.which(found)) != "backup":
                found.append(f"after another restore the journal is the {which} one")
        if not found:
            found += self.go_on(which)
        return which, found

    def go_on(self, which):
        it, found = self.it, []
        code, out, errors = it.run("run", "list", "--json")
        if code != 0:
            return [f"no engine goes on with the {which} journal: {out}{errors}"[:500]]
        if bench.read(it.data / "alerts.json") != ALERTS[which]:
            found.append(f"the journal is the {which} one, and the burn alerts are not")
        if which == "backup":
            found += self.live_run()
        elif self.place == "another" and (it.data / "runs" / LIVE).exists():
            found.append(f"the old journal stays, and there is a folder of {LIVE}")
        if it.marks != self.shelf.marks:
            found.append(f"started again: {it.marks[len(self.shelf.marks):]}")
        found += self.new_run()
        self.shelf.stop()
        return found + bench.Journal(it.data).problems

    def live_run(self):
        """Ends by what its attempt left, or asks."""
        code, out, errors = self.it.run("watch", LIVE, "--no-wait", "--json")
        kinds = [json.loads(line).get("type") for line in out.splitlines() if line.startswith("{")]
        if self.place == "own":
            return [] if code == 0 else [f"{LIVE} ended with {code}: {out[-300:]}{errors[-300:]}"]
        if "stepUnknown" in kinds:
            return []
        return [f"{LIVE} was under way elsewhere, and nobody is asked: {kinds}, {errors[-300:]}"]

    def new_run(self):
        before = self.it.marks.count("start d")
        code, out, errors = self.it.run("run", "other.yaml")
        if code == 0 and self.it.marks.count("start d") == before + 1:
            return []
        return [f"a new run ended with {code}, its step started {self.it.marks.count('start d') - before} times: "
                f"{out[-200:]}{errors[-200:]}"]


def kill(shelf, place, point, restores_again):
    shelf.lay_out(place)
    shelf.forget("ops", "restore")
    shelf.restore(bench.tracer(), "-o", "ops", "-k", str(point))
    which, found = Round(shelf, place).judge(restores_again)
    return rounds.where(shelf), which, found


class Recording:
    """One undisturbed restore, call by call."""

    def __init__(self, shelf, place):
        self.shelf, self.place = shelf, place
        shelf.lay_out(place)
        if shelf.restore(bench.tracer(), "-d", "-o", "ops-all") != 0:
            raise bench.Problem("the restore failed: " + bench.read(shelf.bench.folder / "restore.err")[-400:])
        self.calls = disk.read_calls(shelf.bench.folder / "ops-all")
        self.points = points.read_points(shelf.bench.folder, "ops-all")
        which, found = Round(shelf, place).judge(False)
        if found or which != "backup":
            raise bench.Problem(f"the undisturbed restore left the {which} journal: " + "; ".join(found))


def lose_power(shelf, place, image, restores_again):
    rounds.lay_image(shelf, image)
    which, found = Round(shelf, place).judge(restores_again)
    return "", which, found


def try_the_checker():
    shelf = Shelf()

    def tampered(place, change):
        shelf.lay_out(place)
        shelf.restore()
        change(shelf.bench)
        return Round(shelf, place).judge(False)[1]

    def without_mark(it):
        shutil.rmtree(it.data / "runs" / LIVE)

    def alerts(it):
        (it.data / "alerts.json").write_text(ALERTS["old"])

    def torn(it):
        with open(it.data / "journal.sqlite", "r+b") as file:
            file.truncate(4096)
    try:
        ways = {"the mark of the live run is gone": tampered("another", without_mark),
                "the alerts are the old ones": tampered("own", alerts),
                "half a journal": tampered("own", torn),
                "started again": tampered("own", lambda it: bench.mark(it.folder, "start b"))}
        missed = [name for name, found in ways.items() if not found] + tampered("own", lambda it: None)
        print(f"{len(ways)} ways, not found: {missed}")
        return 1 if missed else 0
    finally:
        shelf.bench.close()


def main():
    parser = argparse.ArgumentParser(prog="restore.py")
    parser.add_argument("--points", default=os.environ.get("TMINUS_CRASH_POINTS", "12"))
    parser.add_argument("--kinds", type=int, default=1000)
    parser.add_argument("--images", type=int, default=int(os.environ.get("TMINUS_POWER_IMAGES", "40")))
    parser.add_argument("--parallel", type=int, default=int(os.environ.get("TMINUS_PARALLEL", "4")))
    parser.add_argument("--tampered", action="store_true")
    options = parser.parse_args()
    bench.tracer()
    if options.tampered:
        sys.exit(try_the_checker())
    began, draws, ledger = time.monotonic(), rounds.draws(), rounds.Ledger()
    with rounds.pool(options) as pool:
        shelves = rounds.Shelves(Shelf, max(2, options.parallel), pool)
        try:
            # What a disk holds belongs to the folder in which it was recorded: those are looked at one by one.
            first = shelves.all[0]
            shelves.offer(shelves.all[1:])
            recordings = [Recording(first, place) for place in PLACES]
            kills = [(f"{one.place}, point {point} of {len(one.points)}",
                      pool.submit(shelves.use, kill, one.place, point, again))
                     for one in recordings for point, again in rounds.chosen(one.points, one.points, options, draws)]
            for one in recordings:
                cuts = rounds.cuts(first, one.place, one.calls, options.images, draws)
                for number, (_, name, image) in enumerate(cuts):
                    ledger.note(f"{one.place}, {name}",
                                *rounds.play(lose_power, first, one.place, image, number % 4 == 3))
            for name, future in kills:
                ledger.note_kill(name, *future.result())
        finally:
            shelves.close()
    report(ledger, 2 * options.images, time.monotonic() - began)


def report(ledger, images, seconds):
    ledger.print_places()
    kills = ledger.kills
    print(f"{kills} kills at {len(ledger.places)} kinds of places, {images} power cuts; then the journal was the old one "
          f"{ledger.kept['old']} times and the backup's {ledger.kept['backup']}; {len(ledger.violations)} violations, "
          f"{seconds:.0f} s")
    bench.tally("restore cut short", "kills and power cuts", kills + images, ledger.rounds, ledger.violations)
    if not (ledger.kept["old"] and ledger.kept["backup"]):
        print("of the two journals one never was in place", file=sys.stderr)
        sys.exit(1)
    sys.exit(1 if ledger.violations else 0)


if __name__ == "__main__":
    main()
