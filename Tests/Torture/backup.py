"""Backing up, for upkeep.py: `tminus store backup` done by an engine that is killed meanwhile, while a run goes on."""
import pathlib
import sqlite3

import bench
import points
import prune
import rounds

FILE = "copy.sqlite"
ORDER = ("store", "backup", FILE)


def make():
    return prune.make()


def beside(shelf):
    """What lies where the copy is made, and is not the copy."""
    return sorted(path.name for path in shelf.bench.folder.glob(f"{FILE}?*"))


def look(shelf, path):
    """What is wrong with a copy: it must be one moment of the journal, whole."""
    copy = shelf.journal(path)
    found = [f"the copy: {problem}" for problem in copy.problems]
    here = shelf.journal(shelf.bench.data / "journal.sqlite")
    for run, before in shelf.before.events.items():
        events = copy.events.get(run, [])
        if events[:len(before)] != before or events != here.events.get(run, [])[:len(events)]:
            found.append(f"the copy has {len(events)} events of {run} that are not the journal's")
    if copy.control != here.control[:len(copy.control)]:
        found.append("the copy's control journal is not the journal's")
    if pathlib.Path(f"{path}-wal").exists():
        found.append("the copy has a log beside it")
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'enclosed'").fetchone():
            found.append("the copy does not say what belongs to it")
    finally:
        connection.close()
    return found


def clear(shelf):
    for path in shelf.bench.folder.glob(f"{FILE}*"):
        path.unlink()


def order(shelf):
    """Orders a backup, and meanwhile lets the live run go on."""
    it = shelf.bench
    copying = it.start("tminus", *ORDER, out="backup")
    it.run("approve", "live-1", "ok")
    return copying.wait(bench.PATIENCE)


def recordings(shelf):
    return [("backup", record(shelf), ())]


def record(shelf):
    shelf.lay_out("before")
    shelf.forget("ops", "backup")
    clear(shelf)
    shelf.serve()
    code = order(shelf)
    recorded = points.read_points(shelf.bench.folder, "ops")
    found = [f"ended with {code}"] if code != 0 else look(shelf, shelf.bench.folder / FILE) + afterwards(shelf)
    if found:
        raise bench.Problem("the undisturbed backup is not as it should be: " + "; ".join(found))
    return recorded


def afterwards(shelf):
    found = shelf.finish_live_run()
    shelf.stop()
    return found + shelf.journal(shelf.bench.data / "journal.sqlite").problems


def kill(shelf, point, again):
    """`again`: the order is given again at once, else once the live run is over."""
    shelf.lay_out("before")
    shelf.forget("ops", "backup")
    clear(shelf)
    engine = shelf.serve(point)
    code = order(shelf)
    where = rounds.where(shelf)
    if not where:
        shelf.stop()
    engine.wait(bench.PATIENCE)
    shelf.stop()
    path, found = shelf.bench.folder / FILE, []
    is_there = path.exists()
    if code == 0 and not is_there:
        found.append("the backup was told as made, and is not there")
    if is_there:
        found += look(shelf, path)
    if not again:
        found += shelf.finish_live_run()
    found += repeat(shelf, is_there)
    return where, "copied" if is_there else "not copied", found + afterwards_of(shelf, again)


def afterwards_of(shelf, again):
    if again:
        return afterwards(shelf)
    shelf.stop()
    return shelf.journal(shelf.bench.data / "journal.sqlite").problems


def repeat(shelf, is_there):
    """The same order again."""
    found = []
    code, out, errors = shelf.bench.run(*ORDER)
    if is_there and (code == 0 or "exists" not in errors):
        found.append(f"the backup is there, and ordered again it ended with {code}: {out}{errors}"[:400])
    if not is_there and code != 0:
        found.append(f"ordered again the backup ended with {code}: {out}{errors}"[:400])
    if not is_there and code == 0:
        found += look(shelf, shelf.bench.folder / FILE)
    found += [f"{name} lies beside the backup, and nobody named it" for name in beside(shelf) if name not in errors]
    return found


def tamper(shelf):
    path = shelf.bench.folder / FILE

    def changed(change):
        shelf.lay_out("before")
        clear(shelf)
        shelf.begin()
        shelf.ask(shelf.bench.run(*ORDER))
        shelf.stop()
        change()
        try:
            return look(shelf, path) + repeat(shelf, True)
        except sqlite3.Error as problem:
            return [str(problem)]
        finally:
            shelf.stop()

    def torn():
        with open(path, "r+b") as file:
            file.truncate(path.stat().st_size // 2)

    def sql(*statements):
        connection = sqlite3.connect(path)
        for (name,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
    return {
        "half a copy": changed(torn),
        "an event is missing": changed(lambda: sql("DELETE FROM events WHERE run = 'shop-1' AND sequence = 3")),
        "a copy that does not say that it is one": changed(lambda: sql("DROP TABLE enclosed")),
        "something lies beside it": changed(lambda: path.with_name(f"{FILE}.part").touch()),
        "no copy": changed(path.unlink),
    }, changed(lambda: None)
