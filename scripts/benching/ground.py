"""What every section stands on: where things are, how a command is timed, engines, and the table."""

import json, os, random, signal, subprocess, sys, time

scratch = os.environ["SCRATCH"]
quick = os.environ["QUICK"] == "1"
seed = int(os.environ["SEED"])
tminus = f"{scratch}/bin/tminus"
chance = random.Random(seed)
MIB = 1024 * 1024
rounds = 3 if quick else 9
rows = []


def row(what, measured, goal="", is_met=None):
    rows.append((what, measured, goal, "" if is_met is None else "met" if is_met else "MISSED"))
    print(f"  {what}: {measured}", flush=True)


def fail(message):
    print(f"bench: {message}", file=sys.stderr)
    sys.exit(70)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb" if isinstance(text, bytes) else "w") as file:
        file.write(text)
    return path


class Ended:
    """A command that was run to its end: wall seconds, exit code, peak resident bytes, and what it said."""

    def __init__(self, argv, cwd=scratch):
        paths = [f"{scratch}/stdout", f"{scratch}/stderr"]
        with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
            start = time.monotonic()
            process = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.monotonic() - start
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.peak = usage.ru_maxrss * 1024
        self.out, self.err = (open(path, errors="replace").read() for path in paths)

    def succeeded(self, what):
        if self.code != 0:
            fail(f"{what} ended with {self.code}:\n{self.out[-2000:]}{self.err[-2000:]}")
        return self.seconds


def finish():
    print()
    widths = [max(len(line[column]) for line in rows) for column in range(4)]
    for line in rows:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
    missed = sum(line[3] == "MISSED" for line in rows)
    print(f"\nbench: {rounds} rounds, seed {seed}; " + (f"{missed} goals missed" if missed else "all goals met"))
    print("bench: resident memory counts the program's own pages too, so anonymous memory is less")
    sys.exit(1 if missed else 0)


def engine_pid(data):
    try:
        return json.load(open(f"{data}/engine.lock")).get("pid")
    except (OSError, ValueError):
        return None


def is_alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(what, condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    return fail(f"{what} took longer than {seconds:.0f} s")


def is_answering(data):
    return subprocess.run(
        [tminus, "run", "list", "--data", data], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


class Engine:
    """An engine that this script starts and stops."""

    def __init__(self, data, *options):
        self.data = data
        self.log = open(f"{scratch}/serve.log", "ab")
        self.process = subprocess.Popen(
            [tminus, "serve", "--data", data, *options], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait_until("starting the engine", lambda: os.path.exists(f"{data}/socket") and is_answering(data))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def anonymous(self):
        return self.status("RssAnon")

    def status(self, name):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        return fail(f"/proc shows no {name}")


def leave(data):
    """Stops the engine that was started for one run; it would leave by itself some seconds later."""
    pid = engine_pid(data)
    if pid and is_alive(pid):
        os.kill(pid, signal.SIGTERM)
        wait_until("stopping the engine", lambda: not is_alive(pid))
    # Not removed before the end: ext4 looks at every inode that was deleted in the last minutes when it makes one, and
    # a step makes five. It doubled what the steps measured next cost.
    if os.path.exists(data):
        os.makedirs(f"{scratch}/left", exist_ok=True)
        os.rename(data, f"{scratch}/left/{len(os.listdir(f'{scratch}/left'))}")
