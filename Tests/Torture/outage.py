"""The power goes while a release is taken back without a journal, and while that is taken in; for upkeep.py.

The recorded processes know another boot than those that go on: what had begun and left no record is not known then, and
somebody is asked, who answers by what the steps wrote themselves.
"""
import collections
import os
import uuid

import back
import bench
import disk
import rounds

APART = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
BOOT = "/proc/sys/kernel/random/boot_id"


def taking_in(shelf, count, draws):
    shelf.lay_out("done")
    shelf.begin(bench.tracer(), "-d", "-o", "ops")
    shelf.bench.until(lambda: (shelf.bench.data / "emergency/1/imported").exists())
    shelf.stop()
    calls = disk.read_calls(shelf.bench.folder / "ops")
    for _, name, image in rounds.cuts(shelf, "done", calls, count, draws, also=[(len(calls), "none")]):
        rounds.lay_image(shelf, image)
        yield (f"import, {name}", *rounds.play(lambda shelf: ("", "", back.Round(shelf).take_in()), shelf))


def going_back(shelf, count, draws):
    """Nothing, where nobody may mount."""
    it = shelf.bench
    (it.folder / "boot").write_text(f"{uuid.uuid4()}\n")
    apart = f'mount --bind "{it.folder}/boot" {BOOT} && exec "$@"'
    if it.start(*APART, "sh", "-c", apart, "sh", "true", out="apart").wait(bench.PATIENCE) != 0:
        print("skipped: nobody may mount here, so the power stays on while a release is taken back", flush=True)
        return
    shelf.lay_out("lost")
    it.start(*APART, "sh", "-c", apart, "sh", bench.tracer(), "-a", "-d", "-o", "ops",
             "sh", "-c", 'tminus "$@"; echo $? >code.part; mv code.part code', "sh", *back.BACK, out="back")
    if not it.until(lambda: bench.read(it.folder / "code").strip() == "0"):
        raise bench.Problem(f"the release to record was not taken back: {shelf.said()}")
    shelf.settle()
    calls = disk.read_calls(it.folder / "ops")
    for until, name, image in rounds.cuts(shelf, "lost", calls, count, draws, also=[(len(calls), "none")]):
        marks = b"".join(call.bytes for call in calls[:until] if call.is_done and call.path == f"{it.folder}/marks")
        yield (f"back, {name}", *rounds.play(go_on, shelf, image, marks))


def go_on(shelf, image, marks):
    rounds.lay_image(shelf, image)
    with open(shelf.bench.folder / "marks", "ab") as file:
        file.write(marks)
    one = back.Round(shelf)
    asked = collections.Counter()
    found = say_again(one, asked) + one.check_undone()
    shelf.stop()
    found += one.check_record()
    shelf.find_journal()
    return "", "asked" if asked else "not asked", found or one.take_in()


def say_again(one, asked):
    """The same command; who is asked meanwhile looks whether the step wrote that it started."""
    it = one.it
    for _ in range(4):
        command = it.start("tminus", *back.BACK, out="again")
        (it.folder / "again").write_text("")
        (it.folder / "again.err").write_text("")
        it.until(lambda: command.poll() is not None or answer(one, asked))
        if command.poll() is None:
            command.kill()
            command.wait()
            return ["the same command does not come to its end: " + bench.read(it.folder / "again")[-400:]]
        said = bench.read(it.folder / "again") + bench.read(it.folder / "again.err")
        found = one.check_end(command.returncode, said)
        if found or command.returncode == 0 or "already; nothing lies above it" in said:
            return found
        if "already: tminus watch" not in said:
            return [f"the same command again ended with {command.returncode}: {said[-500:]}"]
        it.until(lambda: answer(one, asked) or one.undone[-2:] == back.UNDONE[-2:], 5)
    return ["the same command again and again does not come to its end"]


def answer(one, asked):
    """Tells what became of steps that nobody knows about. False: whoever waits goes on waiting."""
    for run, events in one.taken().items():
        last = {event.get("step"): event["type"] for event in events if event["type"].startswith("step")}
        undone = next((event["plan"] for event in events if event["type"] == "runSubmitted"), None)
        for step, kind in last.items():
            if kind != "stepUnknown" or undone is None:
                continue
            of = {"shop-emergency-1-1": "shop-3", "shop-emergency-1-2": "shop-2"}[run]
            is_done = f"undo {of} {step}" in one.undone
            asked[run, step] += 1
            one.it.run("resolve", run, step, "--done" if is_done else "--not-done", "--reason", "seen")
    return False
