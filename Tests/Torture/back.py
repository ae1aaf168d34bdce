"""Going back without a journal, and taking in afterwards what was done, for upkeep.py: both killed meanwhile.

Before: three releases, a fourth under way that waits for an approval; then the journal and its engine are gone. `tminus
rollback --to shop-1` undoes the third and the second, newest first, by the bundles. Then the journal is back.
"""
import collections
import re
import shutil
import sqlite3

import bench
import outage
import points
import rounds

SHOP = """pipeline: shop
service: shop
environment: shop
steps:
  a: {run: [./tool], rollback: {run: [./tool]}}
  b: {run: [./tool], rollback: {run: [./tool]}}
"""
UNDER_WAY = """  ok: {approve: {count: 1}}
  c: {run: [./tool], effect: none}
"""
SMALL = "pipeline: small\nenvironment: small\nsteps:\n  s: {run: [./tool], effect: none}\n"
TOOL = """#!/bin/sh
if [ -n "$TMINUS_ROLLBACK_OF" ]; then what="undo $TMINUS_ROLLBACK_OF"
elif [ "$TMINUS_ROLE" = rollback ]; then what="undo $TMINUS_RUN"
else what="start $TMINUS_RUN"
fi
echo "$what $TMINUS_STEP" >>marks
[ "${what%% *}" = start ] || while [ -e hold ]; do sleep 0.02; done
"""
PLACE = ("--service", "shop", "--environment", "shop", "--reason", "test", "--yes")
BACK = ("rollback", *PLACE, "--to", "shop-1")
FURTHER = ("rollback", *PLACE)
UNDONE = ["undo shop-3 b", "undo shop-3 a", "undo shop-2 b", "undo shop-2 a"]
LIVE_UNDONE = ["undo shop-4 b", "undo shop-4 a"]
TAKEN = "shop-emergency-1-1"
JOURNAL = "journal.sqlite"


class Shelf(rounds.Shelf):
    def __init__(self):
        super().__init__()
        it = self.bench
        for name, text in dict(shop=SHOP, shop4=SHOP + UNDER_WAY, small=SMALL).items():
            (it.folder / f"{name}.yaml").write_text(text)
        (it.folder / "tool").write_text(TOOL)
        (it.folder / "tool").chmod(0o755)
        self.begin()
        for _ in range(3):
            self.ask(it.run("run", "shop.yaml"))
        self.ask(it.run("run", "shop4.yaml", "--detach"))
        if not it.until(lambda: it.run("status", "shop-4")[0] == 3):
            raise bench.Problem("the live run does not wait")
        if not it.until(lambda: len(self.bundles()) == 3):
            raise bench.Problem("there are no bundles")
        self.stop()
        self.marks = self.half_marks = self.done_marks = it.marks
        self.keep("full")
        self.before = self.journal(it.data / JOURNAL)
        self.lose_journal()
        self.keep("lost")
        self.fill_half()
        self.lay_out("lost")
        self.ask(it.run(*BACK))
        self.settle()
        self.find_journal()
        self.keep("done")
        self.done_marks = it.marks
        self.usual = None

    def fill_half(self):
        """The engine that stood in ended while it undid the first step; the journal is back."""
        it = self.bench
        (it.folder / "hold").touch()
        command = it.start("tminus", *BACK, out="command")
        if not it.until(lambda: UNDONE[0] in it.marks):
            raise bench.Problem("nothing was undone")
        command.kill()
        command.wait()
        self.stop()
        (it.folder / "hold").unlink()
        if not it.until(lambda: list(it.data.glob("runs/shop-emergency-*/*/*/exit"))):
            raise bench.Problem("the step that was being undone did not end")
        self.half_marks = it.marks
        self.find_journal()
        self.keep("half")

    def lay_out(self, place):
        self.place = place
        super().lay_out(place)
        self.forget("ops", "back", "code")

    def lay_marks(self):
        lines = {"done": self.done_marks, "half": self.half_marks}.get(self.place, self.marks)
        (self.bench.folder / "marks").write_text("".join(line + "\n" for line in lines))

    def bundles(self):
        return sorted(path.name for path in (self.bench.data / "bundles").rglob("*.bundle"))

    def settle(self):
        """What an engine does after its command has ended is done too; then it is ended."""
        self.bench.until(lambda: self.bundles() == ["shop-1.bundle"], 20)
        self.stop()

    def lose_journal(self):
        for path in self.bench.data.glob(f"{JOURNAL}*"):
            path.unlink()

    def find_journal(self):
        for path in (self.bench.folder / "full").glob(f"{JOURNAL}*"):
            shutil.copy(path, self.bench.data / path.name)

    def traced(self, who, point, *words):
        """`tminus` to its end, its engine or itself traced and killed at the point; its code, None when it was killed."""
        it = self.bench
        before = [bench.tracer(), "-o", "ops"] + (["-k", str(point)] if point else [])
        if who == "command":
            code = it.start(*before, "tminus", *words, out="back").wait(bench.PATIENCE)
            return None if code == 128 + 9 else code
        it.start(*before, "-a", "-m", "serve", "sh", "-c", 'tminus "$@"; echo $? >code.part; mv code.part code', "sh",
                 *words, out="back")
        if not it.until(lambda: (it.folder / "code").exists()):
            raise bench.Problem(f"{words[0]} does not end: {self.said()}")
        return int(bench.read(it.folder / "code"))

    def said(self):
        return bench.read(self.bench.folder / "back")[-300:] + bench.read(self.bench.folder / "back.err")[-500:]


def make():
    return Shelf()


class Round:
    def __init__(self, shelf):
        self.shelf, self.it = shelf, shelf.bench

    @property
    def undone(self):
        return [line for line in self.it.marks if line.startswith("undo ")]

    def check_end(self, code, text):
        """Whether what a command said of itself is true."""
        undone = self.undone[-4:]
        if code == 0 and not (undone == UNDONE and "is in place again" in text):
            return [f"going back ended with 0, undone is {self.undone}: {text[-300:]}"]
        if code not in (0, None) and "is in place on shop in shop already" in text and undone != UNDONE:
            return [f"going back said that nothing is left, undone is {self.undone}"]
        return []

    def say_again(self):
        """The same command until nothing is left to undo."""
        for _ in range(4):
            code, out, errors = self.it.run(*BACK)
            found = self.check_end(code, out + errors)
            if found or code == 0 or "already; nothing lies above it" in errors:
                return found
            under_way = re.search(r"(\S+) is taking \S+ back .* already: tminus watch", errors)
            if under_way is None:
                return [f"the same command again ended with {code}: {out[-300:]}{errors[-500:]}"]
            self.it.run("watch", under_way[1])
        return ["the same command again and again does not come to its end"]

    def check_undone(self):
        """Nothing twice, nothing skipped, newest first. What was live may have been rolled back before."""
        undone = self.undone
        if undone[:2] == LIVE_UNDONE and not self.taken():
            undone = undone[2:]
        found = [] if undone == UNDONE else [f"undone was {self.undone}"]
        started = [line for line in self.it.marks[len(self.shelf.marks):] if not line.startswith("undo ")]
        return found + ([f"started was {started}"] if started else [])

    def stand_ins(self):
        return sorted(path.name for path in (self.it.data / "emergency").glob("*"))

    def check_record(self):
        """What stood in for the journal, whole."""
        if self.stand_ins() != ["1"]:
            return [f"what stands in for the journal: {self.stand_ins()}"]
        journal = self.shelf.journal(self.it.data / "emergency/1" / JOURNAL)
        ends = {run: events[-1].get("outcome") for run, events in journal.events.items()}
        wanted = {"shop-emergency-1-1": "succeeded", "shop-emergency-1-2": "succeeded"}
        found = [] if ends == wanted else [f"of going back is recorded: {ends}"]
        if (self.it.data / JOURNAL).exists():
            found.append("a journal was begun beside it")
        return found + journal.problems

    def taken(self):
        """The events of what went ahead without the journal, as they stand in the stand-in."""
        path = self.it.data / "emergency/1" / JOURNAL
        try:
            return self.shelf.journal(path).events if path.exists() else {}
        except Exception:  # it was being made
            return {}

    def take_in(self):
        """The journal is back: what was done is taken in, what had begun comes to its end, and all is as it should be."""
        it, taken = self.it, self.taken()
        code, out, errors = it.run("store", "import")
        found = [] if code == 0 else [f"store import ended with {code}: {out}{errors}"[:500]]
        code, out, errors = it.run("store", "import")
        if code != 0 or "nothing is left" not in out:
            found.append(f"another import ended with {code}: {out}{errors}"[:500])
        for run in sorted(taken):
            it.run("watch", run)
        found += self.say_again() + self.check_undone()
        return found + self.check_journal(taken) + self.check_rest()

    def check_journal(self, taken):
        journal = self.shelf.journal(self.it.data / JOURNAL)
        found, before = list(journal.problems), self.shelf.before.events
        for run, events in {**before, **taken}.items():
            here = journal.events.get(run, [])
            if here[:len(events)] != events:
                found.append(f"the journal has other events of {run}")
            if not here or here[-1]["type"] != "runEnded":
                found.append(f"{run} has not ended")
            elif run != "shop-4" and len(here) != len(events) and events[-1]["type"] == "runEnded":
                found.append(f"{run} went on after its end")
        noted = collections.Counter(
            event["run"] for event in journal.control if event["type"] == "rollbackImported")
        reviews = collections.Counter(
            event["review"]["run"] if "review" in event else event.get("run") for event in journal.control
            if event["type"] == "reviewOpened")
        for run in taken:
            if noted[run] != 1 or reviews[run] != 1:
                found.append(f"{run} was noted {noted[run]} times, and {reviews[run]} reviews of it are open")
        return found

    def check_rest(self):
        it, shelf = self.it, self.shelf
        found = self.nothing_more("the journal is back")
        code, out, errors = it.run("audit", "verify")
        if code != 0:
            found.append(f"audit verify: {out}{errors}"[:400])
        # A page of a pipeline without `onPage` stays, also when what it asked was answered.
        told = [one for one in shelf.findings() if not one.startswith("warning pages")]
        if shelf.usual is None:
            shelf.usual = told
        if told != shelf.usual:
            found.append(f"the doctor says {told}, usually {shelf.usual}")
        code, out, errors = it.run("run", "small.yaml", "--json")
        if code != 0 or it.marks.count("start small-1 s") != 1:
            found.append(f"a new run ended with {code}: {out[-200:]}{errors[-200:]}")
        # An engine that starts looks after them beside its work.
        if not it.until(lambda: shelf.bundles() == ["shop-1.bundle"], 20):
            found.append(f"the bundles are {shelf.bundles()}")
        shelf.stop()
        # Once more without it: what was taken back stays so.
        aside = it.folder / "aside"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for path in it.data.glob(f"{JOURNAL}*"):
            path.rename(aside / path.name)
        found += self.nothing_more("the journal is gone again")
        shelf.stop()
        for path in aside.iterdir():
            path.rename(it.data / path.name)
        code, out, errors = it.run("store", "import")
        if code != 0:
            found.append(f"after a stand-in that did nothing store import ended with {code}: {out}{errors}"[:400])
        shelf.stop()
        return found

    def nothing_more(self, when):
        """What was rolled back is not in place any more: nothing lies below what is."""
        before = self.it.marks
        code, out, errors = self.it.run(*FURTHER)
        if code == 1 and "no previous version" in errors and self.it.marks == before:
            return []
        return [f"{when}: going further back ended with {code}, undone is {self.undone}: {out[-200:]}{errors[-300:]}"]


def recordings(shelf):
    """Of going back and of taking in: what the engine does, and what the command."""
    found = []
    for what, place in (("back", "lost"), ("import", "done"), ("import", "half")):
        for who in ("engine", "command"):
            found.append((f"{what} ({place}), {who}", record(shelf, what, place, who), (what, place, who)))
    return found


def record(shelf, what, place, who):
    shelf.lay_out(place)
    code = shelf.traced(who, None, *(BACK if what == "back" else ("store", "import")))
    if what == "back":
        shelf.settle()
    shelf.stop()
    recorded = points.read_points(shelf.bench.folder, "ops")
    found = [f"it ended with {code}: {shelf.said()}"] if code != 0 else []
    if what == "back":
        found += Round(shelf).check_undone() + Round(shelf).check_record()
        shelf.find_journal()
    found += Round(shelf).take_in()
    if found:
        raise bench.Problem(f"the undisturbed {what} ({place}) is not as it should be: " + "; ".join(found))
    return recorded


def kill(shelf, what, place, who, point, again):
    """`again`: the same command follows. Else the journal is back at once, or an engine starts."""
    if shelf.usual is None:
        record(shelf, "import", "done", "command")
    shelf.lay_out(place)
    code = shelf.traced(who, point, *(BACK if what == "back" else ("store", "import")))
    one, found = Round(shelf), []
    if what == "back":
        found += one.check_end(code, shelf.said())
        if again:
            found += one.say_again() + one.check_undone()
            shelf.stop()
            found += one.check_record()
        shelf.stop()
        shelf.find_journal()
    elif not again:
        shelf.bench.run("run", "list")
    where = rounds.where(shelf)
    return f"{who}: {where}" if where else "", "", found or one.take_in()


def power(shelf, count, draws):
    """Rounds in which the power goes: (name, where, which, found)."""
    yield from outage.going_back(shelf, count, draws)
    yield from outage.taking_in(shelf, count, draws)


def tamper(shelf):
    record(shelf, "import", "done", "command")
    it, one = shelf.bench, Round(shelf)

    def changed(change, checks=one.take_in, imports=False):
        shelf.lay_out("done")
        if imports:
            shelf.ask(it.run("store", "import"))
            shelf.stop()
        change()
        found = checks()
        shelf.stop()
        return found

    def sql(path, *statements):
        connection = sqlite3.connect(it.data / path)
        for (name,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def marks(change):
        (it.folder / "marks").write_text("".join(f"{line}\n" for line in change(it.marks)))
    def record_alone():
        shelf.lose_journal()
        return one.check_record()
    without_end = (f"DELETE FROM events WHERE run = '{TAKEN}' AND sequence = (SELECT max(sequence) FROM events "
                   f"WHERE run = '{TAKEN}')")
    return {
        "a step undone twice": changed(lambda: bench.mark(it.folder, "undo shop-3 a"), one.check_undone),
        "a step that was not undone": changed(lambda: marks(lambda all: all[:-1]), one.check_undone),
        "oldest first": changed(lambda: marks(lambda all: all[:-4] + all[-2:] + all[-4:-2]), one.check_undone),
        "started again": changed(lambda: bench.mark(it.folder, "start shop-4 c"), one.check_undone),
        "a command that says too much": changed(
            lambda: marks(lambda all: all[:-1]), lambda: one.check_end(0, "shop-1 is in place again")),
        "a command that says too little is left": changed(
            lambda: marks(lambda all: all[:-1]),
            lambda: one.check_end(1, "shop-1 is in place on shop in shop already; nothing lies above it")),
        "the record lost its end": changed(lambda: sql(f"emergency/1/{JOURNAL}", without_end), record_alone),
        "another journal beside the record": changed(lambda: None, one.check_record),
        "another stand-in": changed(lambda: (it.data / "emergency/2").mkdir(), record_alone),
        "taken in, and its end is missing": changed(
            lambda: sql(JOURNAL, without_end), lambda: one.check_journal(one.taken()), True),
        "taken in, and nobody noted it": changed(
            lambda: sql(JOURNAL, "DELETE FROM control_events"), lambda: one.check_journal(one.taken()), True),
        "what was taken back is in place": changed(
            lambda: sql(JOURNAL, "DELETE FROM releases WHERE run LIKE 'shop-emergency-%'",
                        "DELETE FROM events WHERE run LIKE 'shop-emergency-%'",
                        "DELETE FROM runs WHERE run LIKE 'shop-emergency-%'"),
            lambda: one.nothing_more("tampered"), True),
    }, changed(lambda: None) + changed(lambda: None, record_alone)
