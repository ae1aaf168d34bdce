"""One command: how fast it starts, reads, and refuses; and the memory of an engine that holds much."""

import os, signal, statistics, subprocess, time

from ground import MIB, Engine, Ended, fail, quick, row, scratch, tminus, wait_until, write
from shapes import big, flat


def starting():
    versions = [Ended([tminus, "--version"]).seconds for _ in range(10 if quick else 50)]
    median = statistics.median(versions)
    row("tminus --version", f"{median * 1000:.1f} ms", "50 ms", median < 0.05)

    ended = [Ended([tminus, "pipeline", "validate", big]) for _ in range(3 if quick else 9)]
    median = statistics.median(run.succeeded("tminus pipeline validate") for run in ended)
    row("pipeline validate, 10,000 steps", f"{median:.3f} s", "1 s", median < 1)


def memory():
    holding = Engine(f"{scratch}/holding")
    empty = holding.anonymous()
    view = subprocess.Popen(
        [tminus, "run", big, "--data", holding.data], cwd=scratch, stdin=subprocess.DEVNULL,
        stdout=open(f"{scratch}/view", "wb"), stderr=subprocess.STDOUT)
    wait_until(
        "loading 10,000 steps",
        lambda: '"waiting"' in Ended([tminus, "run", "list", "--json", "--data", holding.data]).out, 60)
    loaded = max(holding.anonymous() for _ in range(20) if time.sleep(0.05) is None)
    view.send_signal(signal.SIGINT)
    view.wait(20)
    holding.stop()
    row("engine with 10,000 steps loaded, anonymous memory", f"{loaded / MIB:.1f} MiB (empty {empty / MIB:.1f})", "64 MiB",
        loaded < 64 * MIB)


def memory_while_running():
    """The most an engine holds while it carries out a thousand steps, some runs after its first."""
    engine = Engine(f"{scratch}/carrying")
    most = 0
    for _ in range(3):
        run = subprocess.Popen(
            [tminus, "run", flat, "--data", engine.data], cwd=scratch, stdin=subprocess.DEVNULL,
            stdout=open(f"{scratch}/view", "wb"), stderr=subprocess.STDOUT)
        while run.poll() is None:
            most = max(most, engine.anonymous())
            time.sleep(0.01)
        if run.returncode != 0:
            fail(f"a run ended with {run.returncode}")
    engine.stop()
    row("engine that carries out 1,000 steps, anonymous memory", f"at most {most / MIB:.1f} MiB", "24 MiB", most < 24 * MIB)


def one(body, top=""):
    return f"pipeline: bad\nservice: bad\nenvironment: bench\n{top}steps:\n{body}"


def diagnostics():
    ok = "  a: {run: [/bin/true]}\n"
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh"))
    tag = "inputs: {version: {type: tag}}\n"
    bad = [
        ("unknown key", one(ok, "servce: x\n"), []),
        ("wrong type", one(ok, "maxParallel: many\n"), []),
        ("duplicate key", one(ok, "service: twice\n"), []),
        ("anchor and alias", one("  a: &x {run: [/bin/true]}\n  b: *x\n"), []),
        ("alias bomb of 368 bytes", (bomb + "#" * 368)[:368], []),
        ("depth 33", one(ok, "inputs: " + "[" * 33 + "]" * 33 + "\n"), []),
        ("a cycle", one("  a: {run: [/bin/true], needs: [b]}\n  b: {run: [/bin/true], needs: [a]}\n"), []),
        ("needs a step that is not there", one("  a: {run: [/bin/true], needs: [c]}\n"), []),
        ("unknown input", one(ok), ["--input", "version=1"]),
        ("missing input", one(ok, "inputs: {version: {type: version}}\n"), []),
        ("a tag named v1$(id)", one(ok, tag), ["--input", "version=v1$(id)"]),
        ("interpolation in a command", one("  a: {run: [/bin/echo, '${{ inputs.version }}']}\n"), []),
        ("window that ends before it starts", "pipeline: bad\nservice: bad\nenvironment: bench\nT-0:\n"
         "  window: {from: '04:00', until: '02:00', zone: Asia/Tokyo}\n  steps:\n    a: {run: [/bin/true]}\n", []),
        ("duration of -1s", one("  a: {wait: -1s}\n"), []),
        ("duration of 99999999h", one("  a: {wait: 99999999h}\n"), []),
        ("file of 2 MiB", one(ok) + "#" * (2 * MIB), []),
        ("invalid UTF-8", one(ok).encode() + b"# \xff\xfe\n", []),
    ]
    for name, text, options in bad:
        file = write(f"{scratch}/bad/bad.yaml", text)
        untouched = f"{scratch}/untouched"
        ended = [Ended([tminus, "run", file, "--data", untouched, *options]) for _ in range(3 if quick else 9)]
        wall, peak = statistics.median(run.seconds for run in ended), max(run.peak for run in ended)
        is_right = all(run.code == 65 and run.err.count("error:") == 1 for run in ended)
        is_right = is_right and not os.path.exists(untouched)
        measured = f"{wall * 1000:.1f} ms, {peak / MIB:.0f} MiB resident"
        if not is_right:
            written = "something" if os.path.exists(untouched) else "nothing"
            measured += f"; exit code {ended[0].code}, {ended[0].err.count('error:')} errors, {written} written"
        row(f"diagnostic: {name}", measured, "50 ms, 64 MiB, 65", is_right and wall < 0.05 and peak < 64 * MIB)


def commands():
    starting()
    memory()
    memory_while_running()
    diagnostics()
