#!/usr/bin/env python3
"""power.py [--images N] [--engines N] [--parallel N] [--seed N] [--keep]

Power loss. Records every write, sync and name of a whole run of reference.yaml: the engine's, its shims' and its steps'.
Then makes disks as the rules allow them to be after a power cut at any moment of it (disk.py), and looks at each:

  - SQLite finds the journal whole, each chain is whole, and holds a beginning of what the undisturbed run recorded;
  - all is there that an answer had told, or that a step had been started on, before the power went;
  - `tminus doctor` and, for some, an engine that goes on under another boot: nothing starts twice; what began and left
    no record is unknown; what left one is told as it says.

  --images    how many disks; default TMINUS_POWER_IMAGES, else 200
  --engines   for how many of them an engine goes on; default TMINUS_POWER_ENGINES, else 12
  --parallel  how many at a time; default 4
  --keep      keeps the disks with a violation, and names them
  --lying     the disk's syncs do nothing. What is lost by that must be found: ends with 1 when it isn't

Ends with 1 when there is a violation, 69 when this machine lets nobody mount.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import bench
import disk
import points

APART = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
# With processes of its own: whatever was started there is gone when it ends.
ALONE = APART + ["-p", "--fork", "--kill-child", "--mount-proc"]
BOOT = "/proc/sys/kernel/random/boot_id"


class Recording:
    """One undisturbed run under another boot's identifier, call by call."""

    def __init__(self):
        self.bench = bench.Bench(within="/var/tmp")
        it = self.bench
        text = (it.folder / "reference.yaml").read_text()
        # More than a second: its record is made durable by its shim.
        (it.folder / "reference.yaml").write_text(text.replace('"0.1"]', '"1.1"]'))
        (it.folder / "boot").write_text(f"{uuid.uuid4()}\n")
        apart = f'mount --bind "{it.folder}/boot" {BOOT} && exec "$@"'
        engine = it.serve(*APART, "sh", "-c", apart, "sh", bench.tracer(), "-a", "-d", "-o", "ops")
        if not it.until(lambda: (it.data / "socket").exists() or engine.poll() is not None):
            raise bench.Problem("the engine to record never came up")
        if engine.poll() is not None:
            raise bench.Problem(bench.read(it.folder / "engine.err")[-400:])
        it.submit()
        code = it.play()
        it.kill_engine()
        engine.wait()
        found = points.check(it.marks, list(bench.attempts(it.data)), bench.Journal(it.data), True, code)
        if found:
            raise bench.Problem("the recorded run is not as it should be: " + "; ".join(found))
        self.events = bench.Journal(it.data).events[bench.RUN]
        self.calls = disk.read_calls(it.folder / "ops")
        self.syncs = [number for number, call in enumerate(self.calls)
                      if call.is_done and call.name in ("fsync", "fdatasync") and it.data.name in call.path]

    def close(self):
        self.bench.close()


class Moment:
    """What lies on the disk and what the world knows after the first calls; moves on with the recording."""

    def __init__(self, recording, lies=False):
        self.recording, self.at = recording, 0
        self.folder = recording.bench.folder
        self.disk = disk.Disk(recording.bench.data, lies=lies)
        self.told, self.marks, self.has_failed = 0, b"", False

    def advance(self, until):
        while self.at < until:
            call = self.recording.calls[self.at]
            self.at += 1
            self.disk.play(call)
            if not call.is_done:
                continue
            if call.path.startswith("socket:"):
                for number in re.findall(rb'"sequence":(\d+)', call.bytes):
                    self.told = max(self.told, int(number))
                if b'"run":"reference-1"' in call.bytes:
                    self.told = max(self.told, 1)
            elif call.path == f"{self.folder}/marks":
                self.marks += call.bytes
            elif call.name == "mkdir" and call.path.endswith("/failed-once"):
                self.has_failed = True

    def started(self):
        """Attempts whose steps had begun: their words in the marks."""
        return [line.split()[1:4] for line in self.marks.decode().splitlines() if line.startswith("start ")]


def look(moment_told, started, events, folder):
    """What SQLite and Python say about the journal of a disk."""
    path = folder / "data/journal.sqlite"
    if started and not (folder / "data/runs" / bench.RUN / "boot").exists():
        # The next engine would take its own boot for the one in which all of the run began.
        return ["something had been started, and in which boot is not known any more"]
    if not path.exists():
        return ["the journal is gone, and something was told or started"] if moment_told or started else []
    try:
        journal = bench.Journal(folder / "data")
    except Exception as problem:
        return [f"the journal can't be read: {problem}"]
    found = list(journal.problems)
    here = journal.events.get(bench.RUN, [])
    if here != events[:len(here)]:
        found.append("the journal holds what was never recorded")
    if len(here) < moment_told:
        found.append(f"event {moment_told} had been told, and the journal ends with {len(here)}")
    known = {(event["step"], event["role"], str(event["number"])) for event in here
             if event["type"] == "attemptStarting"}
    for step, role, number in started:
        if (step, role, number) not in known:
            found.append(f"{step} {role} {number} had been started, and the journal does not know")
    return found


# Runs where the disk stands in the recorded folder's place, and nobody else sees it so. A run that only waits ends the
# watch.
GO_ON = """
mount --bind "$1" "$2" && cd "$2" || exit 70
timeout -s KILL 60 tminus watch reference-1 --no-wait --json >watch 2>watch.err; echo $? >code
"""
DOCTOR = 'mount --bind "$1" "$2" && cd "$2" || exit 70; tminus doctor --json'


def apart(recording, script, folder):
    words = [*ALONE, "bash", "-c", script, "bash", str(folder), str(recording.bench.folder)]
    return subprocess.run(words, env=recording.bench.environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)


def doctor(recording, folder):
    done = apart(recording, DOCTOR, folder)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return [f"doctor said nothing ({done.returncode}): {(done.stdout + done.stderr)[-300:]}"]
    bad = [one for one in told.get("findings", []) if one.get("level") not in ("ok", "warning", "note")]
    return [f"doctor: {json.dumps(one)[:300]}" for one in bad]


def records(folder):
    """Exit records that are whole, by attempt."""
    found = {}
    for attempt in bench.attempts(folder / "data"):
        text = bench.read(attempt.path / "exit")
        if text.startswith("tminus-exit") and text.endswith("end\n"):
            fields = dict(line.partition(" ")[::2] for line in text.splitlines())
            found[attempt.identity] = (fields.get("kind"), fields.get("code"))
    return found


def go_on(recording, folder, started, ended_before):
    """An engine of this boot takes the disk over. What is wrong with what it does."""
    had, marks_before = records(folder), len(bench.read(folder / "marks").splitlines())
    apart(recording, GO_ON, folder)
    if bench.read(folder / "code").strip() not in ("0", "1", "2", "3", "4", "5"):
        return [f"the engine did not go on: code {bench.read(folder / 'code').strip()} "
                + bench.read(folder / "watch.err")[-300:] + bench.read(folder / "data/engine.log")[-400:]]
    journal = bench.Journal(folder / "data")
    found, events = list(journal.problems), journal.events.get(bench.RUN, [])
    marks = bench.read(folder / "marks").splitlines()
    starts = collections.Counter(" ".join(line.split()[1:3]) for line in marks if line.startswith("start "))
    for name, count in starts.items():
        if count > points.STARTS[name]:
            found.append(f"{name} was started {count} times")
    ends = {points.identity(event): event["result"]["end"] for event in events if event["type"] == "attemptEnded"}
    new = {points.identity(event): event["result"]["end"] for event in events[ended_before:]
           if event["type"] == "attemptEnded"}
    begun = {tuple(words) for words in started}
    again = {tuple(line.split()[1:4]) for line in marks[marks_before:] if line.startswith("start ")}
    for identity, end in new.items():
        words = tuple(identity.split()[:3])
        if words in begun and words not in again and identity not in had and end["type"] != "vanished":
            found.append(f"{identity} had begun, left no record, and is told as {end}")
    for identity, (kind, code) in had.items():
        end = ends.get(identity)
        if end is not None and (end["type"], str(end.get("code", 0))) != (kind, code):
            found.append(f"{identity} ended as {kind} {code}, told as {end}")
    return found


class Image:
    """A disk to look at: made in the order of the recording, looked at in parallel."""

    def __init__(self, moment, draws, kind, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"ti-{name}-", dir=SHELF))
        (self.folder / "data").mkdir(mode=0o700)
        moment.disk.write(moment.disk.image(draws, kind), self.folder / "data")
        (self.folder / "marks").write_bytes(moment.marks)
        for file in ("mark", "reference.yaml"):
            shutil.copy(moment.folder / file, self.folder / file)
        if moment.has_failed:
            (self.folder / "failed-once").mkdir()
        self.told, self.started = moment.told, moment.started()
        self.name = f"call {moment.at}, {kind}"

    def judge(self, recording, with_doctor, with_engine, keep):
        found = []
        try:
            # SQLite changes what it opens: Python looks at a copy.
            copy = pathlib.Path(tempfile.mkdtemp(prefix="tc-", dir=SHELF))
            shutil.copytree(self.folder / "data", copy / "data", ignore=shutil.ignore_patterns("socket", "ballast"))
            found = look(self.told, self.started, recording.events, copy)
            here = 0
            if not found and (copy / "data/journal.sqlite").exists():
                here = len(bench.Journal(copy / "data").events.get(bench.RUN, []))
            shutil.rmtree(copy)
            if not found and with_doctor:
                found = doctor(recording, self.folder)
            if not found and with_engine and here > 0:
                found = go_on(recording, self.folder, self.started, here)
            return [f"{self.name}: {one}" for one in found] + ([f"kept in {self.folder}"] if found and keep else [])
        except Exception as problem:
            return [f"{self.name}: {type(problem).__name__}: {problem}"]
        finally:
            if not (found and keep):
                shutil.rmtree(self.folder, ignore_errors=True)


SHELF = "/dev/shm" if os.path.isdir("/dev/shm") else None


def plan(recording, count, draws):
    """Where the power goes, in order: after each sync all of it and only what is certain; random ones between."""
    chosen = []
    step = max(1, 4 * len(recording.syncs) // count)
    for number in recording.syncs[::step]:
        chosen += [(number + 1, "all"), (number + 1, "none")]
    first = recording.syncs[0]
    while len(chosen) < count:
        kind = draws.choice(("ordered", "any", "any", "none"))
        chosen.append((draws.randint(first, len(recording.calls)), kind))
    return sorted(chosen[:count], key=lambda one: one[0])


def main():
    parser = argparse.ArgumentParser(prog="power.py")
    parser.add_argument("--images", type=int, default=int(os.environ.get("TMINUS_POWER_IMAGES", "200")))
    parser.add_argument("--engines", type=int, default=int(os.environ.get("TMINUS_POWER_ENGINES", "12")))
    parser.add_argument("--parallel", type=int, default=int(os.environ.get("TMINUS_PARALLEL", "4")))
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--lying", action="store_true")
    options = parser.parse_args()
    probe = subprocess.run([*APART, "sh", "-c", f"mount --bind /etc/hostname {BOOT}"], capture_output=True, text=True)
    if probe.returncode != 0:
        bench.tally("power lost", "disks", 0, 0, [], skipped=f"nobody may mount here: {probe.stderr.strip()}")
        sys.exit(69)
    began = time.monotonic()
    recording = Recording()
    violations, doctors, engines, done = [], 0, 0, 0
    try:
        draws = random.Random(options.seed)
        chosen = plan(recording, options.images, draws)
        moment = Moment(recording, options.lying)
        every = max(1, len(chosen) // max(1, options.engines))
        room = threading.Semaphore(4 * options.parallel)
        with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
            waiting = []
            for number, (at, kind) in enumerate(chosen):
                moment.advance(at)
                image = Image(moment, draws, kind, number)
                with_doctor, with_engine = number % 4 == 0, options.engines > 0 and number % every == every // 2
                doctors += with_doctor
                engines += with_engine
                room.acquire()
                future = pool.submit(image.judge, recording, with_doctor, with_engine, options.keep)
                future.add_done_callback(lambda _: room.release())
                waiting.append(future)
            for future in waiting:
                done += 1
                for one in future.result():
                    violations.append(one)
                    if not options.lying:
                        print(f"VIOLATION {one}", flush=True)
    finally:
        recording.close()
    kinds = collections.Counter(kind for _, kind in chosen)
    print(f"{done} disks ({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}) of a run with "
          f"{len(recording.calls)} calls and {len(recording.syncs)} syncs; doctor looked at {doctors}, an engine went on "
          f"with {engines}; {len(violations)} violations, {time.monotonic() - began:.0f} s")
    if options.lying:
        sys.exit(0 if len(violations) >= done // 4 > 0 else 1)
    bench.tally("power lost", f"disks, seed {options.seed}", done, done, violations)
    sys.exit(1 if violations or not done else 0)


if __name__ == "__main__":
    main()
