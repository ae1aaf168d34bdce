"""What restore.py and upkeep.py share: folders with data directories as they were, rounds in them, and what came of them.
"""
import collections
import concurrent.futures
import json
import pathlib
import queue
import random
import shutil
import tempfile

import bench
import disk
import points


class Shelf:
    """A folder with a data directory, copies of it as it was, and the marks of then."""

    def __init__(self):
        self.bench = bench.Bench()
        self.marks = []

    def begin(self, *before, out="engine"):
        """An engine on the data directory, under what stands before it; its process."""
        it = self.bench
        engine = it.serve(*before, out=out)
        if not it.until(lambda: engine.poll() is not None or (
                it.engine() is not None and (it.data / "socket").exists())) or engine.poll() is not None:
            raise bench.Problem("no engine came up: " + bench.read(it.folder / f"{out}.err")[-400:])
        return engine

    def stop(self):
        """Kills the engine, and waits until it holds nothing any more."""
        it = self.bench
        it.kill_engine()
        if not it.until(lambda: it.engine() is None):
            raise bench.Problem("an engine does not end")

    @staticmethod
    def ask(answer):
        if answer[0] != 0:
            raise bench.Problem(f"ended with {answer[0]}: {answer[1]}{answer[2]}"[:500])
        return answer[1]

    def journal(self, path):
        """A journal as it is. SQLite changes what it opens: this opens a copy."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="opened-", dir=self.bench.folder))
        try:
            for suffix in ("", "-wal"):
                if pathlib.Path(f"{path}{suffix}").exists():
                    shutil.copy(f"{path}{suffix}", f"{folder}/journal.sqlite{suffix}")
            return bench.Journal(folder)
        finally:
            shutil.rmtree(folder)

    def keep(self, place):
        """A copy of the data directory as it is now; its engine must be gone."""
        it = self.bench
        shutil.copytree(it.data, it.folder / place, ignore=shutil.ignore_patterns("socket", "*-shm"))

    def lay_out(self, place):
        """The data directory and the marks as they were."""
        it = self.bench
        shutil.rmtree(it.data, ignore_errors=True)
        shutil.copytree(it.folder / place, it.data, ignore=shutil.ignore_patterns("socket", "*-shm"))
        self.lay_marks()

    def lay_marks(self):
        (self.bench.folder / "marks").write_text("".join(line + "\n" for line in self.marks))

    def forget(self, *names):
        for name in names:
            (self.bench.folder / name).unlink(missing_ok=True)
            (self.bench.folder / f"{name}.err").unlink(missing_ok=True)

    def started(self):
        """What was started since the marks were laid out."""
        return self.bench.marks[len(self.marks):]

    def findings(self):
        """What the doctor complains of, without its numbers."""
        code, out, errors = self.bench.run("doctor", "--json")
        try:
            told = json.loads(out)["findings"]
        except (ValueError, KeyError):
            return [f"doctor said nothing ({code}): {(out + errors)[-300:]}"]
        return sorted("".join(letter for letter in f"{one['level']} {one['subject']}: {one['text']}"
                              if not letter.isdigit()) for one in told if one["level"] != "ok")


class Shelves:
    """So many shelves, made at once and used in turn."""

    def __init__(self, make, count, pool):
        self.all = [future.result() for future in [pool.submit(make) for _ in range(count)]]
        self.free = queue.SimpleQueue()

    def offer(self, shelves):
        for shelf in shelves:
            self.free.put(shelf)

    def take(self):
        return self.free.get()

    def use(self, what, *words):
        shelf = self.take()
        try:
            return play(what, shelf, *words)
        finally:
            self.free.put(shelf)

    def close(self):
        for shelf in self.all:
            shelf.bench.close()


class Ledger:
    """What came of the rounds."""

    def __init__(self):
        self.violations, self.places, self.kept, self.rounds = [], collections.Counter(), collections.Counter(), 0

    def note(self, name, where, which, found):
        self.rounds += 1
        self.kept[which] += 1
        for one in found:
            self.violations.append(f"{name} ({where}): {one}" if where else f"{name}: {one}")
            print(f"VIOLATION {self.violations[-1]}", flush=True)

    def note_kill(self, name, where, which, found):
        self.places[where or "after its end"] += 1
        self.note(name, where, which, found)

    @property
    def kills(self):
        return sum(self.places.values()) - self.places["after its end"]

    def print_places(self):
        for place, count in sorted(self.places.items(), key=lambda one: (-one[1], one[0])):
            print(f"{count:6} {place}")


def play(what, shelf, *words):
    try:
        return what(shelf, *words)
    except Exception as problem:  # a round that breaks must not end the others
        return "", None, [f"{type(problem).__name__}: {problem}"]


def chosen(recorded, fresh, options, draws):
    """(point, which of two ways to go on) of the points that were recorded; one of each kind of those that are fresh."""
    if options.points == "all":
        return [(point, again) for point in range(1, len(recorded) + 1) for again in (False, True)]
    spread = [draws.randint(1, len(recorded)) for _ in range(int(options.points))]
    kinds = points.one_of_each(fresh, draws)
    numbers = sorted(set(spread + draws.sample(kinds, min(options.kinds, len(kinds)))))
    return [(point, number % 2 == 1) for number, point in enumerate(numbers)]


def disk_of(shelf, place):
    """The data directory as it was, all of it certain."""
    it = shelf.bench
    made = disk.Disk(it.data)
    root = it.folder / place
    for path in sorted(root.rglob("*")):
        name = str(it.data / path.relative_to(root))
        if not made.holds(name) or path.is_socket() or path.name == "ballast":
            continue
        made.names[name] = None if path.is_dir() else disk.File()
        if not path.is_dir():
            made.names[name].durable = path.read_bytes()
    made.durable = dict(made.names)
    return made


def cuts(shelf, place, calls, count, draws, first=1, also=()):
    """Disks after power cuts, in the order of the recorded calls: (calls done, where, what lies on it).

    `also`: more of them, as (calls done, kind).
    """
    # Half of them right after a name was changed: that is where the order of syncs matters.
    named = [number for number, call in enumerate(calls, 1)
             if number >= first and call.name in ("link", "rename", "unlink")]
    chosen = [(draws.choice(named) if number % 2 else draws.randint(first, len(calls)),
               draws.choice(("none", "all", "ordered", "any", "any"))) for number in range(count)]
    made, at = disk_of(shelf, place), 0
    for until, kind in sorted(chosen + list(also)):
        while at < until:
            made.play(calls[at])
            at += 1
        yield until, f"power cut after call {until}, {kind}", made.image(draws, kind)


def lay_image(shelf, image):
    """A data directory of what a power cut left, and the marks as they were."""
    data = shelf.bench.data
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    for path, content in sorted(image.items()):
        target = pathlib.Path(path)
        if content is None:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            target.write_bytes(content)
            target.chmod(0o700 if "/files/" in path else 0o600)  # what a plan pins is run
    shelf.lay_marks()


def where(shelf):
    """The kinds of places of the kills in the round."""
    return ", ".join(one.place for one in points.read_kills(shelf.bench.folder, "ops"))


def draws(seed=20261121):
    return random.Random(seed)


def pool(options):
    return concurrent.futures.ThreadPoolExecutor(max(2, options.parallel))
