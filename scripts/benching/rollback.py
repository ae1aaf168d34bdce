"""How long from the command to the first step of a rollback."""

import os, shutil, time

from ground import Engine, Ended, leave, quick, row, scratch, tminus, write

# The first step of a rollback says when it ran, by the same monotonic clock.
STAMP = "#!/usr/bin/python3\nimport time\nopen('first', 'w').write(str(time.monotonic()))\n"


def back_pipeline(folder):
    write(f"{folder}/stamp", STAMP)
    os.chmod(f"{folder}/stamp", 0o755)
    return write(
        f"{folder}/back.yaml", "pipeline: back\nservice: back\nenvironment: bench\ninputs: {version: {type: version}}\n"
        "steps:\n  deploy: {run: [/bin/true], rollback: {run: [./stamp]}}\n")


def released(data, file, version):
    Ended([tminus, "run", file, "--data", data, "--input", f"version={version}"]).succeeded("a release")


def back_once(data, folder):
    """Seconds from the command to the first step that it runs."""
    first = f"{folder}/first"
    if os.path.exists(first):
        os.unlink(first)
    start = time.monotonic()
    Ended([tminus, "rollback", "--service", "back", "--environment", "bench", "--reason", "bench", "--yes",
           "--data", data]).succeeded("a rollback")
    return float(open(first).read()) - start


def show_rollbacks(what, seconds):
    seconds.sort()
    middle = seconds[len(seconds) // 2]
    late = seconds[max(0, -(-len(seconds) * 99 // 100) - 1)]
    row(f"rollback --service to its first step, {what}, {len(seconds)} tries",
        f"p50 {middle * 1000:.0f} ms, p99 {late * 1000:.0f} ms, at most {seconds[-1] * 1000:.0f} ms", "p99 2 s", late < 2)


def rollback():
    tries = 20 if quick else 200
    folder, data = f"{scratch}/back", f"{scratch}/back-data"
    file = back_pipeline(folder)
    engine = Engine(data)
    released(data, file, 1)
    seconds = []
    for turn in range(tries):
        released(data, file, turn + 2)
        seconds.append(back_once(data, folder))
    show_rollbacks("engine up", seconds)
    released(data, file, tries + 2)
    engine.stop()
    seconds = []
    for turn in range(tries):
        # The same data directory each time, as it is when the journal has just gone.
        lost = f"{scratch}/back-lost"
        shutil.rmtree(lost, ignore_errors=True)
        shutil.copytree(data, lost, ignore=shutil.ignore_patterns("journal.sqlite*", "socket", "engine.lock"))
        seconds.append(back_once(lost, folder))
        leave(lost)
    show_rollbacks("journal gone, no engine", seconds)
