"""The same independent steps, each /bin/true, by other engines: what a step costs, as ratios.

Each engine runs in one process of its own from PyPI, with what it keeps in a fresh folder on the same disk, eight steps
at a time where it knows such a thing. A slow engine gets fewer steps, and is scaled; that is said. Of what Python runs,
the time of the steps alone, told by the program itself; of Tminus, ninja and make, the time of the whole command.
"""

import os, re, shutil, statistics, subprocess

from ground import Engine, Ended, chance, quick, row, scratch, tminus, write
from peer_programs import PROGRAMS
from shapes import flat, flat_ninja

STEPS = 1000
# So many steps of each, and what is kept of them.
PEERS = {
    "make": (STEPS, "nothing"), "ninja": (STEPS, "a log, not synced"),
    "doit": (STEPS, "at the end"), "luigi": (STEPS, "nothing"), "dbos": (STEPS // 2, "each step, SQLite"),
    "prefect": (STEPS // 10, "each state, its own server"), "dagster": (STEPS // 10, "each event, SQLite"),
}
FROM_PYPI = ["luigi", "doit", "prefect", "dagster", "dbos"]
# Prefect 3.8 allows every fastapi below 1.0, and does not work with the newest.
BESIDE = {"prefect": ["fastapi<0.145"]}


def fresh(name):
    folder = f"{scratch}/peers/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def installed():
    """A Python with what could be installed, and why the others could not. TMINUS_PEERS names one that is there."""
    known = os.environ.get("TMINUS_PEERS")
    folder = known or f"{scratch}/peer-venv"
    if not known:
        # Debian's own Python may come without venv.
        for python in ["/usr/bin/python3", "python3"]:
            made = subprocess.run([python, "-m", "venv", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if made.returncode == 0:
                break
        else:
            return None, {name: "no Python with venv: apt-get install python3-venv" for name in FROM_PYPI}
    missing = {}
    for name in FROM_PYPI:
        if known:
            found = subprocess.run([f"{folder}/bin/python3", "-c", f"import {name}"], capture_output=True, text=True)
        else:
            found = subprocess.run(
                [f"{folder}/bin/pip", "install", "-q", "--disable-pip-version-check", name,
                 *BESIDE.get(name, [])], capture_output=True, text=True, timeout=900)
        if found.returncode != 0:
            missing[name] = ((found.stderr or found.stdout).strip().splitlines() or ["no reason given"])[-1][:80]
    return f"{folder}/bin/python3", missing


def by_spawn(_):
    """1,000 of /bin/true, eight at a time, and nothing else."""
    return Ended(["/usr/bin/python3", write(f"{scratch}/peers/spawn.py", PROGRAMS["spawn"]), str(STEPS)])


def by_sync(_):
    """One line and one fdatasync a step, and nothing else."""
    file = f"{fresh('sync')}/log"
    return Ended(["/usr/bin/python3", write(f"{scratch}/peers/sync.py", PROGRAMS["sync"]), str(STEPS), file])


def by_make(count):
    folder = fresh("make")
    targets = " ".join(f"o{index}" for index in range(count))
    write(f"{folder}/Makefile", f".PHONY: all {targets}\nall: {targets}\n{targets}:\n\t@/bin/true\n")
    return Ended(["make", "-s", "-j8", "-C", folder, "all"])


def by_ninja(count):
    return Ended(["ninja", "-j8", "-C", fresh("ninja"), "-f", flat_ninja])


def by_program(python, name):
    script = write(f"{scratch}/peers/by-{name}.py", PROGRAMS[name])

    def run(count):
        folder = fresh(name)
        # One that hangs is left out, and keeps nobody waiting for ever.
        return Ended(["timeout", "300", "env", f"HOME={folder}", f"PREFECT_HOME={folder}", f"DAGSTER_HOME={folder}",
                      "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=120",
                      "PREFECT_LOGGING_LEVEL=CRITICAL", "PREFECT_SERVER_ANALYTICS_ENABLED=false", "DO_NOT_TRACK=1",
                      python, script, str(count), folder], cwd=folder)

    return run


def seconds(ended):
    """What the steps took by the program's own word, which some engines print others' lines around; else all of it."""
    own = re.findall(r"^took ([0-9.e-]+)$", ended.out, re.MULTILINE)
    return float(own[-1]) if own else ended.seconds


def peers():
    print("Peers", flush=True)
    python, missing = installed()
    for name, reason in missing.items():
        row(name, f"skipped: it could not be installed ({reason})")
    engine = Engine(f"{scratch}/peer-engine")

    def by_tminus(_):
        return Ended([tminus, "run", flat, "--data", engine.data])

    subjects = {"spawn": by_spawn, "sync": by_sync, "make": by_make, "ninja": by_ninja, "tminus": by_tminus}
    for name in FROM_PYPI:
        if name not in missing:
            subjects[name] = by_program(python, name)
    times, broken = {name: [] for name in subjects}, {}
    for turn in range(3 if quick else 5):
        order = list(subjects)
        chance.shuffle(order)
        for name in order:
            count = PEERS.get(name, (STEPS, ""))[0]
            ended = subjects[name](count)
            if ended.code != 0:
                broken[name] = (ended.err.strip().splitlines() or ended.out.strip().splitlines() or ["?"])[-1][:100]
                del subjects[name]
                continue
            times[name].append(seconds(ended) / count * 1000)
            print(f"  round {turn + 1}: {name} {times[name][-1]:.2f} ms a step", flush=True)
    engine.stop()
    for name, reason in broken.items():
        row(name, f"skipped: it did not run here ({reason})")
    show({name: statistics.median(found) for name, found in times.items() if found and name not in broken})


TITLES = {
    "spawn": "floor: posix_spawn of /bin/true, 8 at a time", "sync": "floor: one fdatasync a step",
    "tminus": "tminus, running engine",
}
GOALS = {"ninja": ("at most", 1.2), "dbos": ("at least", 5), "luigi": ("at least", 8), "prefect": ("at least", 15),
         "dagster": ("at least", 15)}


def show(costs):
    own = costs["tminus"]
    table = ["| Independent steps of `/bin/true` | Steps | ms a step | of Tminus | Durable |", "|---|---|---|---|---|"]
    for name, cost in sorted(costs.items(), key=lambda item: item[1]):
        count, kept = PEERS.get(name, (STEPS, ""))
        title = TITLES.get(name, name)
        ratio = cost / own
        goal, met = "", None
        if name == "ninja":
            goal, met = "tminus at most 1.2 x ninja", own / cost <= 1.2
        elif name in GOALS:
            goal, met = f"at least {GOALS[name][1]} x tminus", ratio >= GOALS[name][1]
        row(title, f"{cost:.2f} ms a step = {ratio:.2f} x tminus", goal, met)
        kept = {"tminus": "intent and result, each", "sync": "each", "spawn": "nothing"}.get(name, kept)
        table.append(f"| {title} | {count} | {cost:.2f} | {ratio:.2f} x | {kept} |")
    print("\n" + "\n".join(table) + "\n", flush=True)
