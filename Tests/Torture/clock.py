#!/usr/bin/env python3
"""clock.py [--rounds N] [--parallel N] [--keep]

The wall clock that the engine reads jumps (clock.c; this machine's own is left alone): an hour, a day and ten years
either way, to 1970, over 2038-01-19, over both changes of summer time. Three ways:

  - while the engine lives, at its gate, its approval, a running step or a canary: the run is as if nothing had happened,
    and its waits last as long as they should by the monotonic clock;
  - an engine that starts in another time, and is set right while it lives;
  - while no engine lives: the next one has the new time. Nothing starts twice, no running step is timed out, no gate
    passes without data; what had to wait until a moment of the old time waits for it, so a clock that was set back is
    set right again, with another engine, before the end is asked for.

  --rounds    how often each; default TMINUS_CLOCK_ROUNDS, else 1; 0 is a few of them, for the test suite
  --parallel  how many at a time; default 4

Ends with 1 when there is a violation, 69 when the engine can't be given another clock (a static binary).
"""
import argparse
import concurrent.futures
import datetime
import os
import random
import struct
import sys
import threading
import time

import bench
import points

HOUR, DAY, YEAR = 3600, 86400, 31557600
MOMENTS = {"gate": "data", "approval": "end left", "running step": "start deploy", "canary": "start canary forward"}


def until(*words):
    """Seconds from now to two seconds before a moment, so that a run lives through it."""
    return datetime.datetime(*words, tzinfo=datetime.timezone.utc).timestamp() - time.time() - 2


def jumps():
    return {
        "an hour on": HOUR, "an hour back": -HOUR, "a day on": DAY, "a day back": -DAY, "ten years on": 10 * YEAR,
        "ten years back": -10 * YEAR, "to 1970": until(1970, 2, 1), "over 2038-01-19": until(2038, 1, 19, 3, 14, 7),
        "over the end of summer time": until(2027, 10, 31, 1), "over its beginning": until(2027, 3, 28, 1),
    }


class Clock:
    def __init__(self, folder, seconds=0):
        self.path = folder / "clock"
        self.path.write_bytes(bytes(4096))
        self.set(seconds)

    def set(self, seconds):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("<q", int(seconds * 1e9)))


def play(name, seconds, way, moment, keep=False):
    """One run with one jump. What is wrong with it."""
    it = bench.Bench({"TZ": "Europe/Berlin", "LD_PRELOAD": bench.built("clock.so", "clock.c", "-shared", "-fPIC", "-ldl")})
    clock = Clock(it.folder, seconds if way == "at start" else 0)
    it.environment["TMINUS_CLOCK"] = str(clock.path)
    found, over = [], threading.Event()

    def jump():
        if not it.until(lambda: over.is_set() or any(line.startswith(MOMENTS[moment]) for line in it.marks)):
            return
        if over.is_set():
            return
        if way == "restart":
            it.kill_engine()
        clock.set(0 if way == "at start" else seconds)
        if way == "restart":
            it.until(lambda: it.engine() is None)
            it.serve(out="engine-2")
            if seconds < 0:
                # Long enough for a mistake; then somebody notices.
                it.until(lambda: over.is_set(), 1.5)
                it.kill_engine()
                clock.set(0)
    it.serve()
    it.until(lambda: (it.data / "socket").exists())
    jumper = threading.Thread(target=jump, daemon=True)
    try:
        jumper.start()
        was_told = it.submit()
        code = it.play()
        over.set()
        jumper.join()
        it.kill_engine()
        journal = bench.Journal(it.data)
        found = points.check(it.marks, list(bench.attempts(it.data)), journal, was_told, code)
        if way == "restart" and moment == "canary" and seconds > 0:
            # What was due by the new time is due: the first weight's watch may be over, and the second begin.
            found = [one for one in found if not one.startswith("canary forward")]
        found += durations(journal.events.get(bench.RUN, []), way)
    except Exception as problem:
        found.append(f"{type(problem).__name__}: {problem}")
    finally:
        over.set()
        found = [f"{name}, {way}, at the {moment}: {one}" for one in found]
        if found and keep:
            found.append(f"kept in {it.folder}")
        it.close(keep=keep and bool(found))
    return found


def durations(events, way):
    """No step may be timed out, no approval expire, and in one engine's life no wait end early or time go back."""
    found = []
    for event in events:
        if event["type"] in ("approvalExpired", "stepUnknown"):
            found.append(f"{event['type']} {event.get('step')}")
        if event["type"] == "attemptEnded" and event["result"]["end"]["type"] == "timedOut":
            found.append(f"{event['step']} was timed out")
    if way == "restart":
        return found
    last = None
    for event in events:
        if last is not None and event["atMilliseconds"] < last:
            found.append(f"event {event['sequence']} is earlier than the one before")
        if last is not None and event["atMilliseconds"] > last + 60_000:
            found.append(f"event {event['sequence']} is {event['atMilliseconds'] - last} ms after the one before")
        last = event["atMilliseconds"]
        if event["type"] == "retryScheduled":
            again = event["againAtMilliseconds"]
        if event["type"] == "attemptStarting" and event["step"] == "flaky" and event["number"] == 2:
            if event["role"] == "forward" and event["atMilliseconds"] < again:
                found.append("a retry came early")
    return found


def takes_a_clock():
    """Whether the engine reads the clock that it is given."""
    it = bench.Bench({"LD_PRELOAD": bench.built("clock.so", "clock.c", "-shared", "-fPIC", "-ldl")})
    try:
        it.environment["TMINUS_CLOCK"] = str(Clock(it.folder, 100 * YEAR).path)
        it.submit()
        events = []
        it.until(lambda: events or events.extend(bench.Journal(it.data).events.get(bench.RUN, [])))
        return bool(events) and events[0]["atMilliseconds"] / 1000 > time.time() + 50 * YEAR
    finally:
        it.close()


def main():
    parser = argparse.ArgumentParser(prog="clock.py")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("TMINUS_CLOCK_ROUNDS", "1")))
    parser.add_argument("--parallel", type=int, default=int(os.environ.get("TMINUS_PARALLEL", "4")))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    if not takes_a_clock():
        bench.tally("clock set", "jumps", 0, 0, [], skipped="this engine reads no clock but the machine's")
        sys.exit(69)
    began = time.monotonic()
    every = [(name, seconds, way, moment) for name, seconds in jumps().items()
             for way in ("while it lives", "at start", "restart") for moment in MOMENTS]
    if options.rounds == 0:
        # Each jump and each way, at changing moments.
        every = [one for number, one in enumerate(every) if number % 12 in (number // 12 % 4, 8 + number // 12 % 4)]
    chosen = every * max(1, options.rounds)
    violations = []
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        for found in pool.map(lambda one: play(*one, options.keep), chosen):
            for one in found:
                violations.append(one)
                print(f"VIOLATION {one}", flush=True)
    print(f"{len(chosen)} jumps of the wall clock, {len(violations)} violations, {time.monotonic() - began:.0f} s")
    bench.tally("clock set", "jumps", len(chosen), len(chosen), violations)
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
