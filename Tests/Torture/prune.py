"""Pruning, for upkeep.py: `tminus store prune` done by an engine that is killed meanwhile, and what is checked of it.

Before: finished runs of several pipelines, of which five go; two releases that going back needs; a live run that waits
for an approval, and whose last step ended while no engine lived.
"""
import json
import shutil
import signal
import sqlite3

import bench
import disk
import points
import rounds

SMALL = """pipeline: small
environment: small
steps:
  w: {run: [/bin/sh, -c, 'echo start small >>marks; echo said; echo "{\\"k\\":\\"v\\"}" >$TMINUS_OUTPUT'], effect: none}
"""
# More events than go in one transaction, and a plan whose line stands apart.
WIDE = "pipeline: wide\nenvironment: wide\nsteps:\n" + "".join(
    f"  s{number}: {{wait: 1ms}}\n" for number in range(180))
PHASES = """pipeline: phases
environment: phases
T-1:
  steps: {a: {run: [./tool], effect: none}}
T-0:
  steps: {b: {run: [./tool], effect: none}}
"""
SHOP = """pipeline: shop
service: shop
environment: shop
steps:
  deploy: {run: [./tool], rollback: {run: [./tool]}}
"""
LIVE = """pipeline: live
environment: live
steps:
  a: {run: [/bin/sh, -c, "echo start a >>marks"], effect: none}
  b: {run: [/bin/sh, -c, "echo start b >>marks; while [ ! -e go ]; do sleep 0.02; done"], effect: none}
  ok: {approve: {count: 1}}
  c: {run: [/bin/sh, -c, "echo start c >>marks"], effect: none}
"""
GOES = {"small-1", "small-2", "small-3", "wide-1", "phases-1"}
STAYS = {"shop-1", "shop-2", "live-1"}
ORDER = ("store", "prune", "--keep", "0", "--forget-costs", "--reason", "tidy")
SPARING = ("store", "prune", "--older-than", "3650d", "--forget-costs")


class Shelf(rounds.Shelf):
    """What pruning and backing up begin with."""

    def __init__(self):
        super().__init__()
        it = self.bench
        for name, text in dict(small=SMALL, wide=WIDE, phases=PHASES, shop=SHOP, live=LIVE).items():
            (it.folder / f"{name}.yaml").write_text(text)
        (it.folder / "tool").write_text('#!/bin/sh\necho "start $TMINUS_RUN $TMINUS_STEP" >>marks\n')
        (it.folder / "tool").chmod(0o755)
        self.begin()
        for name in ("small", "small", "wide", "shop", "phases", "small", "shop"):
            self.ask(it.run("run", f"{name}.yaml"))
        self.ask(it.run("run", "live.yaml", "--detach"))
        if not it.until(lambda: "start b" in it.marks):
            raise bench.Problem("the live run did not begin")
        self.stop()
        (it.folder / "go").touch()
        if not it.until(lambda: bench.read(it.data / "runs/live-1/b/1/exit").endswith("end\n")):
            raise bench.Problem("the live run's step did not end")
        self.marks = it.marks
        self.keep("before")
        self.before = self.journal(it.data / "journal.sqlite")
        self.files = {run: self.tree(run) for run in GOES | STAYS}
        self.usual = None

    def tree(self, run):
        """What lies in a run's folder, and its seals."""
        data = self.bench.data
        paths = [path for path in sorted((data / "runs" / run).rglob("*")) if path.is_file()]
        paths += sorted((data / "seals").glob(f"{run}.*"))
        return {str(path.relative_to(data)): path.read_bytes() for path in paths}

    def rows(self):
        """What stays of runs beside their events: (run, version, head), and their releases."""
        connection = sqlite3.connect(self.bench.data / "journal.sqlite")
        try:
            return (set(connection.execute("SELECT run, version, head FROM runs WHERE ended IS NOT NULL")),
                    set(connection.execute("SELECT run, line FROM releases")))
        finally:
            connection.close()

    def serve(self, point=None, is_counted_at_once=False):
        """An engine of which all is counted from now on that it does, once it has settled."""
        words = [bench.tracer(), "-d" if is_counted_at_once else "-w", "-o", "ops"]
        words += ["-k", str(point)] if point else []
        engine = self.begin(*words)
        if not self.bench.until(lambda: self.bench.run("status", "live-1")[0] == 3):
            raise bench.Problem("the live run does not wait: " + self.bench.remains())
        if not is_counted_at_once:
            engine.send_signal(signal.SIGUSR1)
        return engine

    def finish_live_run(self):
        """The live run goes on and comes to its end, nothing of it started twice."""
        it = self.bench
        # It may have been approved before.
        _, _, refusal = it.run("approve", "live-1", "ok")
        code, out, errors = it.run("watch", "live-1")
        found = [] if code == 0 else [f"the live run ended with {code}: {refusal}{out}{errors}"[:400]]
        starts = [line for line in self.started() if line in ("start a", "start b", "start c")]
        return found if starts == ["start c"] else found + [f"of the live run were started: {starts}"]


class Round:
    def __init__(self, shelf):
        self.shelf, self.it = shelf, shelf.bench

    def read(self):
        return self.shelf.journal(self.it.data / "journal.sqlite")

    def cut_short(self):
        """What may be there when the engine was killed. Returns how many runs had gone, and what is wrong."""
        journal, shelf = self.read(), self.shelf
        found = list(journal.problems)
        told = self.recorded(journal, found)
        gone = 0
        for run in sorted(GOES):
            is_whole = journal.events.get(run) == shelf.before.events[run]
            if run in journal.events and not is_whole:
                found.append(f"{run} is not listed as pruned, and has other events")
            has_all = shelf.tree(run) == shelf.files[run]
            if run not in told and not (is_whole and has_all):
                found.append(f"of {run} something is gone, and nobody recorded that")
            if journal.pruned.get(run) == 0 and not has_all:
                gone += 1
        # Whatever is half, nothing is broken.
        found += [told for told in shelf.findings() if told.startswith("failure")]
        return gone, found + self.untouched(journal)

    def recorded(self, journal, found):
        """The runs that the control journal says were pruned, each once, as they were."""
        told = {}
        for event in journal.control:
            if event["type"] != "runsPruned":
                continue
            for one in event["runs"]:
                if one["run"] in told:
                    found.append(f"{one['run']} is recorded as pruned twice")
                told[one["run"]] = one
                if one["events"] != len(self.shelf.before.events.get(one["run"], [])):
                    found.append(f"{one['run']} is recorded with {one['events']} events")
        return told

    def untouched(self, journal):
        """Live runs, and what going back needs."""
        found, before = [], self.shelf.before
        for run in sorted(STAYS):
            here = journal.events.get(run, [])
            if here[:len(before.events[run])] != before.events[run]:
                found.append(f"{run} stays, and its events are others")
            files = self.shelf.tree(run)
            if any(files.get(path) != content for path, content in self.shelf.files[run].items()):
                found.append(f"{run} stays, and its files are others")
        bundles = sorted(path.name for path in (self.it.data / "bundles").rglob("*.bundle"))
        if bundles != ["shop-1.bundle", "shop-2.bundle"]:
            found.append(f"the bundles are {bundles}")
        return found

    def go_on(self, again):
        """Another order: the same, or one that takes nothing new. Then no run may be half."""
        code, out, errors = self.it.run(*(ORDER if again else SPARING))
        found = [] if code == 0 else [f"the next pruning ended with {code}: {out}{errors}"[:400]]
        journal = self.read()
        found += journal.problems
        told = self.recorded(journal, found)
        for run in sorted(GOES):
            if run in journal.pruned:
                found += self.is_gone(run, journal, told)
            elif again:
                found.append(f"{run} was to be pruned, and is there")
            elif journal.events.get(run) != self.shelf.before.events[run] or \
                    self.shelf.tree(run) != self.shelf.files[run]:
                found.append(f"{run} is half there for good")
            elif run in told:
                found.append(f"{run} is there, and recorded as pruned")
        if not again:
            # Whatever is left goes by the same order.
            return found + self.go_on(True)
        rest = {path.name for path in (self.it.data / "runs").iterdir()}
        if rest != STAYS:
            found.append(f"folders of runs: {sorted(rest)}")
        return found + self.untouched(journal) + self.afterwards()

    def is_gone(self, run, journal, told):
        found = []
        if journal.pruned[run] != 0:
            found.append(f"{run} was pruned, and {journal.pruned[run]} events are left")
        if self.shelf.tree(run) or (self.it.data / "runs" / run).exists():
            found.append(f"{run} was pruned, and its files are there: {sorted(self.shelf.tree(run))[:3]}")
        if run not in told:
            found.append(f"{run} was pruned, and nobody recorded that")
        return found

    def afterwards(self):
        """The rest of the world."""
        it, shelf = self.it, self.shelf
        found = []
        code, out, errors = it.run("audit", "verify")
        if code != 0:
            found.append(f"audit verify: {out}{errors}"[:400])
        told = shelf.findings()
        if shelf.usual is None:
            shelf.usual = told
        if told != shelf.usual:
            found.append(f"the doctor says {told}, usually {shelf.usual}")
        code, out, errors = it.run("run", "small.yaml", "--json")
        starts = shelf.started().count("start small")
        if code != 0 or '"small-4"' not in out or starts != 1:
            found.append(f"a new run ended with {code}, its step started {starts} times: {out[-200:]}{errors[-200:]}")
        found += shelf.finish_live_run()
        if sorted(shelf.started()) != ["start c", "start small"]:
            found.append(f"started: {shelf.started()}")
        shelf.stop()
        journal, rows = self.read(), shelf.rows()
        if not (self.shelf.rest <= rows[0] and shelf.releases <= rows[1]):
            found.append("what must stay of a pruned run is another")
        return found + journal.problems


def remember(shelf):
    """What stays of every run, as it was before."""
    shelf.lay_out("before")
    shelf.rest, shelf.releases = shelf.rows()
    return shelf


def make():
    return remember(Shelf())


def recordings(shelf):
    """(title, points, more words for `kill`)"""
    return [("prune", record(shelf), ())]


def record(shelf):
    """The points of an undisturbed pruning."""
    shelf.lay_out("before")
    shelf.forget("ops")
    shelf.serve()
    shelf.ask(shelf.bench.run(*ORDER))
    shelf.stop()
    found = Round(shelf).go_on(True)
    if found:
        raise bench.Problem("the undisturbed pruning is not as it should be: " + "; ".join(found))
    return points.read_points(shelf.bench.folder, "ops")


def kill(shelf, point, again):
    if shelf.usual is None:
        record(shelf)
    shelf.lay_out("before")
    shelf.forget("ops")
    engine = shelf.serve(point)
    shelf.bench.run(*ORDER)
    where = rounds.where(shelf)
    if not where:
        shelf.stop()
    engine.wait(bench.PATIENCE)
    # The order's own command may have started the next engine.
    shelf.stop()
    gone, found = Round(shelf).cut_short()
    return where, f"{gone} gone", found or Round(shelf).go_on(again)


def power(shelf, count, draws):
    """Rounds in which the power goes while an engine prunes: (name, where, which, found)."""
    shelf.lay_out("before")
    shelf.forget("ops")
    shelf.serve(is_counted_at_once=True)
    first = len(bench.read(shelf.bench.folder / "ops").splitlines())
    shelf.ask(shelf.bench.run(*ORDER))
    shelf.stop()
    calls = disk.read_calls(shelf.bench.folder / "ops")
    # What its end left that is not certain yet is where something would come back.
    cuts = rounds.cuts(shelf, "before", calls, count, draws, first, [(len(calls), "none")])
    for number, (_, name, image) in enumerate(cuts):
        yield (name, *rounds.play(lose_power, shelf, image, number % 4 != 3))


def lose_power(shelf, image, again):
    rounds.lay_image(shelf, image)
    gone, found = Round(shelf).cut_short()
    return "", f"{gone} gone", found or Round(shelf).go_on(again)


def tamper(shelf):
    """Ways in which a pruning could go wrong, each with what the checker finds."""
    record(shelf)
    data = shelf.bench.data

    def changed(change, checks):
        shelf.lay_out("before")
        shelf.begin()
        shelf.ask(shelf.bench.run(*ORDER))
        shelf.stop()
        change()
        return checks()

    def sql(*statements):
        connection = sqlite3.connect(data / "journal.sqlite")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def leave_folder():
        shutil.copytree(shelf.bench.folder / "before/runs/small-2", data / "runs/small-2")

    def lose_folder():
        shutil.rmtree(data / "runs/shop-1")

    def tell_twice():
        line = json.dumps(shelf.journal(data / "journal.sqlite").control[-1])
        connection = sqlite3.connect(data / "journal.sqlite")
        (number,) = connection.execute("SELECT max(sequence) FROM control_events").fetchone()
        connection.execute("INSERT INTO control_events VALUES (?, 0, ?, zeroblob(32))", (number + 1, line))
        connection.commit()
        connection.close()
    once = Round(shelf)
    return {
        "a pruned run's folder stays": changed(leave_folder, lambda: once.go_on(True)),
        "a folder that going back needs is gone": changed(lose_folder, lambda: once.go_on(True)),
        "an event of what stays is gone": changed(
            lambda: sql("DELETE FROM events WHERE run = 'shop-2' AND sequence = 2"), lambda: once.cut_short()[1]),
        "a pruned run is no longer listed": changed(
            lambda: sql("DELETE FROM pruned WHERE run = 'small-1'"), lambda: once.cut_short()[1]),
        "recorded twice": changed(tell_twice, lambda: once.cut_short()[1]),
        "a pruned run's row is another": changed(
            lambda: sql("UPDATE runs SET version = 3 WHERE run = 'small-1'"), lambda: once.go_on(True)),
        "the live run's step was started again": changed(
            lambda: bench.mark(shelf.bench.folder, "start b"), lambda: once.go_on(True)),
    }, changed(lambda: None, lambda: once.go_on(True))
