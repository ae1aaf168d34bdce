#!/usr/bin/env python3
"""points.py [--points N|all] [--pairs N] [--from N] [--until N] [--parallel N] [--keep]

Ends the engine by SIGKILL at what it does that lasts or that others see: once at each kind of place (a call and what it
is done to) and at N more such points spread over a run of reference.yaml, or at every one. Another engine takes over; then the run is checked by what its steps wrote themselves,
what lies in the attempts' directories, and the journal's tables.

  --points    how many beside one of each kind; default TMINUS_CRASH_POINTS, else 36
  --pairs     how often the second engine is killed as well, at a random point; default TMINUS_CRASH_PAIRS, else 4
  --from, --until   of all points only these, to do the long form in pieces
  --parallel  how many runs at a time; default 4
  --keep      keeps the folders of runs with a violation, and names them
  --tampered  no kills: changes what an undisturbed run left in ten ways, each of which must be found

Ends with 1 when there is a violation.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import sys
import time

import bench

FORWARD = ["prepare", "left", "right", "shut", "flaky", "deploy", "shut-end", "canary"]
NEEDS = {"left": ["prepare"], "right": ["prepare"], "shut": ["left", "right"], "flaky": ["shut"], "deploy": ["flaky"],
         "shut-end": ["deploy"], "canary": ["deploy"]}
UNDONE_LATER = {"deploy": ["canary"], "flaky": ["deploy"], "left": ["flaky"], "right": ["flaky"]}
STARTS = collections.Counter({**{f"{step} forward": 1 for step in FORWARD}, "flaky forward": 2,
                              **{f"{step} rollback": 1 for step in ("canary", "deploy", "flaky", "left", "right")}})
ENDS = {"prepare": "stepSucceeded", "go": "stepSucceeded", "shut": "stepRollbackSkipped",
        "shut-end": "stepSucceeded", "left": "stepRolledBack", "right": "stepRolledBack", "flaky": "stepRolledBack",
        "deploy": "stepRolledBack", "canary": "stepRolledBack"}


def check(marks, attempts, journal, was_told, code):
    """What is wrong with a run that has ended: a list of sentences."""
    found = list(journal.problems)
    events = journal.events.get(bench.RUN)
    if events is None:
        return found + ["the run is not in the journal" + (", though an answer said so" if was_told else "")]
    if set(journal.events) != {bench.RUN}:
        found.append(f"there are other runs: {sorted(journal.events)}")
    if code != 2:
        found.append(f"the watch ended with {code}")
    if events[-1]["type"] != "runEnded" or events[-1].get("outcome") != "rolledBack":
        found.append(f"the run ended as {events[-1].get('outcome', events[-1]['type'])}")
    return found + check_marks(marks) + check_gate(marks, events) + check_attempts(marks, attempts, events) \
        + check_steps(events)


def check_marks(marks):
    found = []
    starts, ends = collections.Counter(), collections.Counter()
    place = {}
    for number, line in enumerate(marks):
        words = line.split()
        if words[0] in ("start", "end"):
            name = f"{words[1]} {words[2]}"
            (starts if words[0] == "start" else ends)[name] += 1
            place.setdefault((words[0], name), number)
            place[("last end" if words[0] == "end" else "last start", name)] = number
    for name in sorted(set(starts) | set(STARTS)):
        if starts[name] != STARTS[name]:
            found.append(f"{name} was started {starts[name]} times, not {STARTS[name]}")
    for name, count in STARTS.items():
        if ends[name] != 1:
            found.append(f"{name} ended {ends[name]} times, not once")

    def before(earlier, later):
        if earlier in place and later in place and place[earlier] > place[later]:
            found.append(f"{' '.join(later)} came before {' '.join(earlier)}")
    for step, needed in NEEDS.items():
        for one in needed:
            before(("end", f"{one} forward"), ("start", f"{step} forward"))
    for step, earlier in UNDONE_LATER.items():
        for one in earlier:
            before(("last end", f"{one} rollback"), ("start", f"{step} rollback"))
    if "approving" not in marks or marks.index("approving") > place.get(("start", "shut forward"), 1 << 30):
        found.append("what needs an approval started without one")
    return found


def check_gate(marks, events):
    """Nothing starts before there was something to judge by, and each step has its own verdict."""
    found = []
    first = next((number for number, line in enumerate(marks) if line.startswith("start ")), len(marks))
    if marks[:first].count("data") < 2:
        found.append("a gate was passed without data")
    passed = set()
    for event in events:
        if event["type"] == "budgetJudged" and event["judgement"]["verdict"] == "pass":
            passed.add(event["step"])
            if "data" not in marks[:first]:
                found.append(f"the gate of {event['step']} passed before there was data")
        elif event["type"] == "attemptStarting" and event["role"] == "forward":
            if event["step"] not in passed and event["step"] != "shut-end":
                found.append(f"{event['step']} starts without its gate's verdict")
    convicted = [event for event in events if event["type"] == "ruleJudged" and event["judgement"]["verdict"] == "fail"]
    if not convicted:
        found.append("the canary was never convicted, and the run turned back")
    return found


def identity(event):
    act = f" act {event['act']}" if event.get("act") is not None else ""
    return f"{event['step']} {event['role']} {event['number']}{act}"


def check_attempts(marks, attempts, events):
    found = []
    starting = collections.Counter(identity(event) for event in events if event["type"] == "attemptStarting")
    ended = {}
    for event in events:
        if event["type"] != "attemptEnded":
            continue
        if identity(event) in ended:
            found.append(f"{identity(event)} ended twice")
        ended[identity(event)] = event["result"]["end"]
        if event["result"]["end"]["type"] == "vanished":
            found.append(f"{identity(event)} vanished, though no shim was killed")
    for name, count in starting.items():
        if count > 1:
            found.append(f"{name} is recorded as starting {count} times")
    for attempt in attempts:
        record = bench.read(attempt.path / "exit")
        claim = bench.read(attempt.path / "claim")
        if attempt.identity not in starting:
            found.append(f"{attempt.identity} has a directory and no record of its start")
        if record:
            fields = dict(line.partition(" ")[::2] for line in record.splitlines())
            end = ended.get(attempt.identity)
            if end is None or end["type"] != fields.get("kind") or str(end.get("code", 0)) != fields.get("code"):
                found.append(f"{attempt.identity} ended as {fields.get('kind')} {fields.get('code')}, told as {end}")
        elif not claim.startswith("tminus-tombstone"):
            found.append(f"{attempt.identity} left no record")
    for line in marks:
        words = line.split()
        if words[0] == "start" and not any(
                name.startswith(f"{words[1]} {words[2]} {words[3]}") for name in starting):
            found.append(f"{line}: nothing of it is recorded")
    return found


def check_steps(events):
    found, last = [], {}
    for event in events:
        if event["type"] in ("stepSucceeded", "stepFailed", "stepUnknown", "stepRolledBack", "stepRollbackFailed",
                             "stepRollbackSkipped", "stepSkipped", "stepResolved"):
            last[event["step"]] = event["type"]
    for step, end in ENDS.items():
        if last.get(step) != end:
            found.append(f"{step} ends with {last.get(step)}, not {end}")
    if "promote" in last and last["promote"] == "stepSucceeded":
        found.append("promote succeeded in a run that turned back before it")
    return found


class Point:
    def __init__(self, line):
        fields = line.split("\t")
        self.number, self.call, path = int(fields[0]), fields[3], fields[5]
        self.was_killed = fields[4] == "killed"
        path = re.sub(r".*/data/?", "", path) if "/data" in path else path.split(":")[0]
        path = re.sub(r"runs/[^/]+/[^/]+/[^/]+", "attempt", path)
        path = re.sub(r"runs/[^/]+/(?=boot)", "run/", path)
        path = re.sub(r"runs/[^/]+/(?!files)[^/]+$", "step", path)
        path = re.sub(r".*/(?=engine)", "", path)
        path = re.sub(r"^.*/tt-[^/]*/?|(?<=/etilqs_).*", "", path)
        path = re.sub(r"[.-]\d+(\.\d+)*", "", path)
        self.place = f"{self.call} {path}".strip()


def read_points(folder, name):
    return [Point(line) for line in bench.read(folder / name).splitlines()]


def read_kills(folder, name):
    return [point for point in read_points(folder, name) if point.was_killed]


def play(point, second=None, keep=False):
    """One run, its engine killed at `point` (None: not at all), the next one at `second`. Returns found, kills, points."""
    it = bench.Bench()
    found = []
    try:
        words = [bench.tracer(), "-o", "ops"] + (["-k", str(point)] if point else [])
        first = it.serve(*words)
        it.until(lambda: (it.data / "socket").exists() or first.poll() is not None)
        was_told, code = False, None
        try:
            was_told = it.submit() if second is None else submit_twice(it, first, second)
            code = it.play()
        except bench.Problem as problem:
            found.append(str(problem))
        except Exception as problem:  # a round that breaks must not end the others
            found.append(f"{type(problem).__name__}: {problem}")
        it.kill_engine()
        if code is not None:
            found += check(it.marks, list(bench.attempts(it.data)), bench.Journal(it.data), was_told, code)
        kills = read_kills(it.folder, "ops") + read_kills(it.folder, "ops-2")
        points = read_points(it.folder, "ops")
        if found and keep:
            found.append(f"kept in {it.folder}")
        return found, kills, points
    finally:
        it.close(keep=keep and bool(found))


def submit_twice(it, first, second):
    """As `submit`; and the engine that comes after the first is ended too, at its `second` point."""
    import threading

    def follow():
        first.wait()
        it.serve(bench.tracer(), "-o", "ops-2", "-k", str(second), out="engine-2")
    threading.Thread(target=follow, daemon=True).start()
    return it.submit()


def try_the_checker():
    """A checker that never finds anything proves nothing."""
    it = bench.Bench()
    try:
        it.serve()
        it.submit()
        code = it.play()
        it.kill_engine()
        marks, journal = it.marks, bench.Journal(it.data)
        attempts, events = list(bench.attempts(it.data)), journal.events[bench.RUN]

        def without(fits):
            return [event for event in events if not fits(event)]

        def judged(marks=marks, attempts=attempts, events=events, code=code):
            journal.events = {bench.RUN: events}
            return check(marks, attempts, journal, True, code)
        undo = next(line for line in marks if line.startswith("start flaky rollback"))
        tampered = {
            "a step started twice": judged(marks=marks + ["start deploy forward 2 "]),
            "a step never started": judged(marks=[line for line in marks if "left forward" not in line]),
            "a rollback in forward order": judged(marks=[undo] + [line for line in marks if line != undo]),
            "no data before the gate": judged(marks=[line for line in marks if line != "data"]),
            "no approval": judged(marks=[line for line in marks if line != "approving"]),
            "a lost result": judged(events=without(
                lambda event: event["type"] == "attemptEnded" and event["step"] == "deploy")),
            "an effect without intent": judged(events=without(
                lambda event: event["type"] == "attemptStarting" and event["step"] == "deploy")),
            "a gate that nobody judged": judged(events=without(
                lambda event: event["type"] == "budgetJudged" and event["step"] == "canary")),
            "another end": judged(events=events[:-1]),
            "a watch that says it went well": judged(code=0),
        }
        missed = [name for name, found in tampered.items() if not found] + judged()
        print(f"{len(tampered)} ways, not found: {missed}")
        return 1 if missed else 0
    finally:
        it.close()


def one_of_each(points, draws):
    """The number of a point of each kind. What is done once is easily missed by points that are spread evenly."""
    kinds = collections.defaultdict(list)
    for point in points:
        kinds[point.place].append(point.number)
    return [draws.choice(numbers) for _, numbers in sorted(kinds.items())]


def main():
    parser = argparse.ArgumentParser(prog="points.py")
    parser.add_argument("--points", default=os.environ.get("TMINUS_CRASH_POINTS", "36"))
    parser.add_argument("--pairs", type=int, default=int(os.environ.get("TMINUS_CRASH_PAIRS", "4")))
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--until", type=int, default=1 << 30)
    parser.add_argument("--parallel", type=int, default=int(os.environ.get("TMINUS_PARALLEL", "4")))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--tampered", action="store_true")
    options = parser.parse_args()
    bench.tracer()
    if options.tampered:
        sys.exit(try_the_checker())
    began = time.monotonic()
    found, _, points = play(None, keep=options.keep)
    if found:
        sys.exit("the undisturbed run is not as it should be:\n" + "\n".join(found))
    draws = random.Random(20261121)
    points, kinds = len(points), one_of_each(points, draws)
    if options.points == "all":
        chosen = range(1, points + 1)
    else:
        count = min(int(options.points), points)
        spread = [(2 * number + 1) * points // (2 * count) + 1 for number in range(count)]
        chosen = sorted(set(spread + kinds)) if count else []
    chosen = [(number, None) for number in chosen if options.first <= number <= options.until]
    chosen += [(draws.randint(1, points), draws.randint(1, points)) for _ in range(options.pairs)]
    places, violations, missed, kills_in_all = collections.Counter(), [], 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        rounds = {pool.submit(play, *one, options.keep): one for one in chosen}
        for done in concurrent.futures.as_completed(rounds):
            found, kills, _ = done.result()
            name = f"point {rounds[done][0]}" + (f" and {rounds[done][1]}" if rounds[done][1] else "")
            where = ", then ".join(kill.place for kill in kills)
            places.update(kill.place for kill in kills)
            kills_in_all += len(kills)
            missed += not kills
            for one in found:
                violations.append(f"{name} ({where}): {one}")
                print(f"VIOLATION {violations[-1]}", flush=True)
    for place, count in sorted(places.items(), key=lambda one: (-one[1], one[0])):
        print(f"{count:6} {place}")
    print(f"{kills_in_all} kills at {len(places)} kinds of places in {len(chosen)} runs of about {points} points, "
          f"{missed} after the end, {len(violations)} violations, {time.monotonic() - began:.0f} s")
    bench.tally("engine killed at each durable operation", f"points {options.first} on", kills_in_all, len(chosen),
                violations)
    # Runs differ in length, so the last points may lie behind the end; most must not.
    if kills_in_all < len(chosen) // 2 or not chosen:
        print("too few of the kills came before the end", file=sys.stderr)
        sys.exit(1)
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
