"""What lasts: many runs in one engine, start-up with them, lists of them, recovery, and floods of output."""

import json, os, shutil, signal, socket, statistics, subprocess, threading, time

from filling import fill
from ground import MIB, Engine, Ended, engine_pid, fail, is_alive, quick, row, scratch, tminus, wait_until
from shapes import one_step, pipeline


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def descriptors(pid):
    """The open files of an engine at rest: a connection that is just being closed is none that it keeps."""
    fewest = None
    for _ in range(50):
        count = len(os.listdir(f"/proc/{pid}/fd"))
        fewest = count if fewest is None else min(fewest, count)
        time.sleep(0.02)
    return fewest


def many_runs():
    """Runs of one step one after the other: memory, open files, and what lists cost with so many."""
    runs = 300 if quick else 10_000
    engine = Engine(f"{scratch}/many")
    for _ in range(runs // 10):
        Ended([tminus, "run", one_step, "--data", engine.data]).succeeded("a run")
    before, files = engine.status("VmRSS"), descriptors(engine.process.pid)
    for _ in range(runs - runs // 10):
        Ended([tminus, "run", one_step, "--data", engine.data]).succeeded("a run")
    grown = engine.status("VmRSS") - before
    more = descriptors(engine.process.pid) - files
    row(f"{runs} runs in one engine: resident growth after the first tenth", f"{grown / MIB:.1f} MiB", "16 MiB",
        grown < 16 * MIB)
    row(f"{runs} runs in one engine: more open files", f"{more}", "0", more <= 0)
    engine.stop()
    starts = []
    for _ in range(3 if quick else 9):
        start = time.monotonic()
        again = subprocess.Popen(
            [tminus, "serve", "--data", engine.data], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until("a start", lambda: "the engine is ready" in tail(f"{engine.data}/engine.log", start_size(engine)))
        starts.append(time.monotonic() - start)
        again.send_signal(signal.SIGTERM)
        again.wait(20)
    median = statistics.median(starts)
    row(f"start-up with {runs} old runs", f"{median * 1000:.0f} ms", "100 ms with 10,000", median < 0.1)
    started = time.monotonic()
    pruned = Ended([tminus, "store", "prune", "--keep", "30", "--data", engine.data])
    row(f"store prune of {runs} runs", f"{time.monotonic() - started:.1f} s: {pruned.out.splitlines()[0]}")
    leave_directory(engine.data)


def lists():
    """What looking costs in a journal of 100,000 runs."""
    runs = 5_000 if quick else 100_000
    engine = Engine(f"{scratch}/lists")
    Ended([tminus, "run", one_step, "--data", engine.data]).succeeded("a run")
    engine.stop()
    fill(engine.data, "one", runs)
    engine = Engine(engine.data)
    Ended([tminus, "run", "export", f"one-{runs}", "--data", engine.data]).succeeded("the last run's chain")
    for name, words in [("run list", ["run", "list"]), ("status", ["status"]), ("status of a run", ["status", "one-7"])]:
        times = [Ended([tminus, *words, "--data", engine.data]).succeeded(name) for _ in range(50 if quick else 300)]
        tell(f"{name} with {runs} runs, whole command", times)
    for name, path in [("run list", "/v1/runs"), ("status of a run", "/v1/runs/one-7")]:
        tell(f"{name} with {runs} runs, the engine's answer", [answer(engine.data, path) for _ in range(300)])
    engine.stop()
    leave_directory(engine.data)


def tell(what, times):
    late = percentile(times, 0.99)
    row(what, f"p50 {statistics.median(times) * 1000:.1f} ms, p99 {late * 1000:.1f} ms", "20 ms with 100,000", late < 0.02)


def answer(data, path):
    """Seconds from a request on the engine's socket to the end of its answer."""
    start = time.monotonic()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(f"{data}/socket")
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        said = b""
        while piece := line.recv(65_536):
            said += piece
    if b" 200 " not in said.split(b"\r\n")[0]:
        fail(f"{path} is answered by {said[:300]}")
    return time.monotonic() - start


sizes = {}


def start_size(engine):
    """Where the log ended before this start."""
    path = f"{engine.data}/engine.log"
    return sizes.setdefault(path, os.path.getsize(path))


def tail(path, start):
    with open(path) as file:
        file.seek(start)
        text = file.read()
    if "the engine is ready" in text:
        sizes[path] = os.path.getsize(path)
    return text


def leave_directory(data):
    pid = engine_pid(data)
    if pid and is_alive(pid):
        os.kill(pid, signal.SIGTERM)
        wait_until("stopping the engine", lambda: not is_alive(pid))
    shutil.rmtree(data, ignore_errors=True)


def events(data, run):
    lines = Ended([tminus, "run", "export", run, "--data", data]).out.splitlines()
    return [json.loads(line) for line in lines]


def recovery():
    """Kill the engine with 100 attempts in flight; from its start until the last of them is adopted."""
    asleep = "{run: [/bin/sleep, '60'], needs: [], effect: none}"
    file = pipeline("asleep", [f"s{index}: {asleep}" for index in range(100)])
    with open(file) as source:
        text = source.read().replace("maxParallel: 8", "maxParallel: 100")
    with open(file, "w") as target:
        target.write(text)
    times = []
    for turn in range(1 if quick else 5):
        data = f"{scratch}/recovery"
        engine = Engine(data)
        run = json.loads(Ended([tminus, "run", file, "--data", data, "--detach", "--json"]).out)["run"]
        wait_until("starting 100 steps", lambda: sum(
            event["type"] == "attemptRunning" for event in events(data, run)) == 100, 60)
        engine.process.kill()
        engine.process.wait()
        start = time.monotonic()
        engine = Engine(data)
        wait_until("adopting 100", lambda: adopted(data) >= 100, 30)
        times.append(time.monotonic() - start)
        Ended([tminus, "abort", run, "--reason", "bench", "--keep", "--data", data])
        Ended([tminus, "watch", run, "--data", data])
        engine.stop()
        shutil.rmtree(data, ignore_errors=True)
    median = statistics.median(times)
    row("recovery with 100 attempts in flight, until all are reattached", f"{median:.3f} s", "1 s", median <= 1)


def adopted(data):
    page = subprocess.run(
        ["curl", "-s", "--unix-socket", f"{data}/socket", "http://localhost/metrics"], capture_output=True, text=True)
    for line in page.stdout.splitlines():
        if "adopted" in line and not line.startswith("#"):
            return float(line.split()[-1])
    return 0


def flood():
    """A step that prints without end beside a chain of short ones: what the chain's steps wait, and what is kept."""
    lines = 25_000_000 if quick else 250_000_000
    printing = pipeline("printing", [
        f"flood: {{run: [/bin/sh, -c, 'yes 0123456789012345678901234567890123456789 | head -n {lines}'], needs: []}}"])
    steps = pipeline("beside", [f"s{index}: {{run: [/bin/true], effect: none}}" for index in range(50)])
    engine = Engine(f"{scratch}/flood")
    alone = gaps(engine.data, Ended([tminus, "run", steps, "--data", engine.data]), "beside-1")
    view = subprocess.Popen(
        [tminus, "run", printing, "--data", engine.data], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    beside, peaks, number = [], [0], 1

    def look():
        while view.poll() is None:
            peaks.append(shim_peak(f"{engine.data}/runs/printing-1"))
            time.sleep(0.02)

    threading.Thread(target=look, daemon=True).start()
    while view.poll() is None:
        number += 1
        beside += gaps(engine.data, Ended([tminus, "run", steps, "--data", engine.data]), f"beside-{number}")
    shim = max(peaks)
    if view.returncode != 0:
        fail(f"the printing step ended with {view.returncode}")
    kept = sum(os.path.getsize(os.path.join(top, name))
               for top, _, names in os.walk(f"{engine.data}/runs/printing-1") for name in names)
    late = max(beside) - statistics.median(alone)
    printed = lines * 41 / MIB
    row(f"beside a step that prints: latest of {len(beside)} transitions, over the usual", f"{late:.0f} ms", "100 ms",
        late < 100)
    row(f"{printed:.0f} MiB printed: kept on disk", f"{kept / MIB:.1f} MiB", "64 MiB", kept < 64 * MIB)
    row(f"{printed:.0f} MiB printed: resident memory of its shim", f"{shim / MIB:.1f} MiB", "64 MiB", 0 < shim < 64 * MIB)
    peak = engine.status("VmHWM")
    row(f"{printed:.0f} MiB printed: peak resident memory of the engine", f"{peak / MIB:.0f} MiB", "64 MiB",
        peak < 64 * MIB)
    engine.stop()
    shutil.rmtree(engine.data, ignore_errors=True)


def shim_peak(folder):
    """The most that shims below a folder have held, in bytes."""
    most = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if folder.encode() in open(f"/proc/{pid}/cmdline", "rb").read():
                for line in open(f"/proc/{pid}/status"):
                    if line.startswith("VmHWM:"):
                        most = max(most, int(line.split()[1]) * 1024)
        except OSError:
            continue
    return most


def gaps(data, ended, run):
    """Milliseconds from the end of a step's attempt to the start of the next one's."""
    ended.succeeded("a chain")
    found, last = [], None
    for event in events(data, run):
        if event["type"] == "attemptEnded":
            last = event["atMilliseconds"]
        elif event["type"] == "attemptStarting" and last is not None:
            found.append(event["atMilliseconds"] - last)
    return found or [0]


def keeping():
    print("Keeping", flush=True)
    lists()
    many_runs()
    recovery()
    flood()
