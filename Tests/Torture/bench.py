"""What points.py, power.py, restore.py, upkeep.py and clock.py share: the built binary in a folder of its own, its counters, its journal.

Shares no code with the engine: it reads what the steps wrote themselves, the files of the attempts, and the journal's
tables with Python's own sqlite3 and hashlib.
"""
import collections
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BINARIES = pathlib.Path(os.environ.get("TMINUS_BINARIES", ROOT / ".build/debug"))
SCRATCH = ROOT / ".build/torture"
RUN = "reference-1"
PATIENCE = 90  # seconds; a machine under load takes its time


def built(name, source, *options):
    """Builds a small C program when it is older than its source; where it is."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    program, source = SCRATCH / name, HERE / source
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        made = f"{program}.{os.getpid()}"
        swift = shutil.which("swiftc")
        compilers = ["cc", "clang"] + ([str(pathlib.Path(swift).resolve().parent / "clang")] if swift else [])
        compiler = next((one for one in compilers if shutil.which(one)), None)
        if compiler is None:
            raise SystemExit("no C compiler is here")
        subprocess.run([compiler, "-O1", "-Wall", "-Wextra", "-Werror", *options, "-o", made, str(source)], check=True)
        os.rename(made, program)
    return str(program)


def tracer():
    return built("tracer", "tracer.c")


class Pages:
    """Two pages of counters. They are empty for the first looks, and say in the marks when they first are not."""

    EMPTY_LOOKS = 3

    def __init__(self, folder):
        self.folder, self.looks, self.lock = folder, collections.Counter(), threading.Lock()
        pages = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = pages.page(self.path.strip("/")).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # its reader was killed

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *words):
                pass

        self.server = Server(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def page(self, name):
        with self.lock:
            self.looks[name] += 1
            looks = self.looks[name]
            if looks <= self.EMPTY_LOOKS:
                return ""
            if name == "stable":
                mark(self.folder, "data")
            is_bad = name == "canary" and "start canary forward" in read(self.folder / "marks")
            good, bad = 1000 * looks, (5000 * looks if is_bad else 0)
        return (f'# TYPE requests_total counter\nrequests_total{{outcome="good"}} {good}\n'
                f'requests_total{{outcome="bad"}} {bad}\n')

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def read(path):
    try:
        return pathlib.Path(path).read_text(errors="replace")
    except OSError:
        return ""


def mark(folder, text):
    with open(folder / "marks", "a") as file:
        file.write(text + "\n")


def leave(*_):
    """When told to end: nothing that was started may stay, and nothing more begins."""
    Bench.is_leaving = True
    for bench in list(Bench.alive):
        bench.close()
    os._exit(143)


signal.signal(signal.SIGTERM, leave)


class Bench:
    """A folder with a data directory and the reference pipeline."""
    alive, is_leaving = set(), False

    def __init__(self, environment=None, within="/tmp"):
        self.wait_if_leaving()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tt-", dir=within))  # short: a socket's path must be
        self.data = self.folder / "data"
        self.environment = dict(
            os.environ, TMINUS_DATA=str(self.data), NO_COLOR="1", PATH=f"{BINARIES}:{os.environ['PATH']}",
            **(environment or {}))
        self.environment.pop("TMINUS_TALLY", None)
        self.pages = Pages(self.folder)
        self.started, self.unreaped = [], []
        Bench.alive.add(self)
        shutil.copy(HERE / "mark", self.folder / "mark")
        text = (HERE / "reference.yaml").read_text().replace("PAGES", self.pages.url)
        (self.folder / "reference.yaml").write_text(text)

    @staticmethod
    def wait_if_leaving():
        if Bench.is_leaving:
            threading.Event().wait()

    def start(self, *words, out="out"):
        """A process in a session of its own; its output goes to a file, so that nothing it starts holds a reader up."""
        self.wait_if_leaving()
        with open(self.folder / out, "ab") as file, open(self.folder / f"{out}.err", "ab") as errors:
            process = subprocess.Popen(
                words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=file, stderr=errors,
                start_new_session=True)
        self.started.append(process)
        # Nobody waits for some of them, and a thousand dead ones slow down whoever looks through all processes.
        self.unreaped = [one for one in self.unreaped if one.poll() is None] + [process]
        return process

    def run(self, *words):
        """`tminus` to its end: its code and what it wrote."""
        name = f"call-{len(self.started)}"
        process = self.start("tminus", *words, out=name)
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = -1
        return code, read(self.folder / name), read(self.folder / f"{name}.err")

    def serve(self, *before, out="engine"):
        """An engine, under what stands before it."""
        return self.start(*before, "tminus", "serve", "--idle-exit", "--idle-seconds", "60", out=out)

    def engine(self):
        """The pid of the engine that holds the data directory; None when none lives."""
        try:
            pid = json.loads(read(self.data / "engine.lock")).get("pid")
            program = os.readlink(f"/proc/{pid}/exe")
            return pid if pathlib.Path(program).name == "tminus" else None
        except (ValueError, AttributeError, OSError):
            return None

    def kill_engine(self):
        pid = self.engine()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None

    def close(self, keep=False):
        Bench.alive.discard(self)
        self.kill_engine()
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.kill_engine()
        self.pages.stop()
        # What is being killed may still write.
        self.until(lambda: keep or not self.folder.exists() or shutil.rmtree(self.folder, ignore_errors=True), 5)

    def until(self, condition, patience=PATIENCE):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.01)
        return False

    def submit(self):
        """Orders the run until it is there. Returns whether an answer said so."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            code, out, errors = self.run("run", "reference.yaml", "--detach", "--json")
            if code in (64, 65):
                raise Problem(f"the order was refused: {out}{errors}"[:500])
            if code == 0:
                name = json.loads(out)["run"]
                if name != RUN:
                    raise Problem(f"the order made {name}")
                return True
            # Its answer may have been lost after it was taken.
            code, out, _ = self.run("run", "list", "--json")
            if code == 0 and RUN in out:
                return False
        raise Problem("the run could not be ordered")

    def play(self):
        """Follows the run to its end, approving when it asks. Returns the exit code of the watch."""
        watch = self.start("tminus", "watch", RUN, "--json", out="watch")
        approved, end, seen = False, time.monotonic() + PATIENCE, -1
        while watch.poll() is None:
            if time.monotonic() > end:
                watch.kill()
                watch.wait()
                raise Problem(f"the run did not end; {self.remains()}")
            size = (self.folder / "watch").stat().st_size
            if not approved and size != seen and '"approvalAsked"' in read(self.folder / "watch"):
                mark(self.folder, "approving")
                code, _, errors = self.run("approve", RUN, "go")
                approved = code == 0 or "already" in errors or "not wait" in errors
            else:
                seen = size
                time.sleep(0.01)
        return watch.returncode

    def remains(self):
        _, out, errors = self.run("status", RUN)
        return (out + errors)[-600:] + read(self.data / "engine.log")[-800:]

    @property
    def marks(self):
        return read(self.folder / "marks").splitlines()


class Problem(Exception):
    pass


class Journal:
    """The journal's tables, read and checked without Tminus."""

    def __init__(self, data):
        path = pathlib.Path(data) / "journal.sqlite"
        # Of each pruned run as many events as are left; the lines of the control journal.
        self.problems, self.events, self.pruned, self.control = [], {}, {}, []
        connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                self.problems.append(f"integrity_check: {verdict}")
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
            if "runs" not in tables:
                return
            pruned = {row[0] for row in connection.execute("SELECT run FROM pruned")} if "pruned" in tables else set()
            for run, version, head, ended in connection.execute("SELECT run, version, head, ended FROM runs"):
                if run in pruned:
                    self.pruned[run] = self.beginning(connection, run, version, head)
                else:
                    self.events[run] = self.chain(connection, run, version, head, ended, "long_lines" in tables)
            if "control_events" in tables:
                self.read_control(connection)
            if "long_lines" in tables and connection.execute(
                    "SELECT 1 FROM long_lines WHERE (run, sequence) NOT IN (SELECT run, sequence FROM events)").fetchone():
                self.problems.append("there are long lines of no event")
        finally:
            connection.close()

    def chain(self, connection, run, version, head, ended, apart):
        previous, events = bytes(32), []
        rows = connection.execute("SELECT sequence, line, hash FROM events WHERE run = ? ORDER BY sequence", (run,))
        for sequence, line, digest in rows:
            if apart and line == "":
                long = connection.execute(
                    "SELECT line FROM long_lines WHERE run = ? AND sequence = ?", (run, sequence)).fetchone()
                if long is None:
                    self.problems.append(f"{run}: event {sequence} has no line")
                    continue
                line = long[0]
            previous = hashlib.sha256(previous + line.encode()).digest()
            event = json.loads(line)
            if digest != previous:
                self.problems.append(f"{run}: the chain breaks at event {sequence}")
            if sequence != len(events) + 1 or event["sequence"] != sequence:
                self.problems.append(f"{run}: event {sequence} stands where {len(events) + 1} belongs")
            events.append(event)
        if len(events) != version or previous != head:
            self.problems.append(f"{run}: the index says {version} events, the chain has {len(events)}")
        if (ended is not None) != (bool(events) and events[-1]["type"] == "runEnded"):
            self.problems.append(f"{run}: the index and the last event disagree about its end")
        return events


    def beginning(self, connection, run, version, head):
        """How many events are left of a pruned run: a beginning of it."""
        left = [row[0] for row in connection.execute(
            "SELECT sequence FROM events WHERE run = ? ORDER BY sequence", (run,))]
        if left != list(range(1, len(left) + 1)) or len(left) > version:
            self.problems.append(f"{run} was pruned, and what is left of it is no beginning")
        if connection.execute("SELECT 1 FROM pages WHERE run = ?", (run,)).fetchone():
            self.problems.append(f"{run} was pruned, and has pages")
        return len(left)

    def read_control(self, connection):
        previous = bytes(32)
        for sequence, line, digest in connection.execute(
                "SELECT sequence, line, hash FROM control_events ORDER BY sequence"):
            previous = hashlib.sha256(previous + line.encode()).digest()
            self.control.append(json.loads(line))
            if digest != previous or sequence != len(self.control):
                self.problems.append(f"the control journal's chain breaks at event {sequence}")


class Attempt(collections.namedtuple("Attempt", "step role number act path")):
    @property
    def identity(self):
        return f"{self.step} {self.role} {self.number}" + (f" act {self.act}" if self.act is not None else "")


def attempts(data, run=RUN):
    """`runs/<run>/<step>/<attempt>`, as folders."""
    root = pathlib.Path(data) / "runs" / run
    for step in sorted(root.iterdir()) if root.is_dir() else []:
        if step.name == "files" or not step.is_dir():
            continue
        for folder in sorted(step.iterdir()):
            role, _, rest = folder.name.rpartition("-")
            act, _, number = rest.rpartition(".")
            if folder.is_dir() and number.isdigit():
                yield Attempt(step.name, role or "forward", int(number), act or None, folder)


def tally(what, detail, faults, runs, violations, skipped=None, **more):
    """Appends a line to the file that TMINUS_TALLY names."""
    path = os.environ.get("TMINUS_TALLY")
    if path:
        line = dict(what=what, detail=detail, faults=faults, runs=runs, violations=violations, **more)
        if skipped:
            line["skipped"] = skipped
        with open(path, "a") as file:
            file.write(json.dumps(line) + "\n")
