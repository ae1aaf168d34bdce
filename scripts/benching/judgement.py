"""Statistics beside numpy and scipy."""

import json, os, statistics, subprocess

from ground import Ended, chance, fail, quick, row, scratch, write

RANKS = """
import json, math, sys, time
import numpy as np
from scipy import stats

count, rounds = int(sys.argv[1]), int(sys.argv[2])
state = 1


def value():
    # The same generator as `tminus-simulator judgement`: the results can be compared.
    global state
    total = 0.0
    for _ in range(4):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        total += (state >> 11) / 9007199254740992
    return total


baseline = np.array([value() for _ in range(count)])
candidate = np.array([value() + 0.01 for _ in range(count)])
pairs = count * count
sigma = math.sqrt(pairs / 12 * (2 * count + 1))
rank = max(1, math.floor(pairs / 2 + 0.5 - stats.norm.isf(0.01) * sigma))
seconds = []
for _ in range(rounds):
    start = time.monotonic()
    test = stats.mannwhitneyu(candidate, baseline, method="asymptotic")
    differences = np.subtract.outer(candidate, baseline).ravel()
    wanted = [rank - 1, (pairs - 1) // 2, pairs // 2, pairs - rank]
    differences.partition(wanted)
    lower, low, high, upper = differences[wanted]
    seconds.append(time.monotonic() - start)
    del differences
print(json.dumps({"seconds": seconds, "u": float(test.statistic), "p": float(test.pvalue),
                  "shift": float((low + high) / 2), "lower": float(lower), "upper": float(upper)}))
"""


def numpy_python():
    """A Python that has numpy and scipy from PyPI, in an environment of its own; None when there can't be one."""
    folder = f"{scratch}/venv"
    for argv in [
        ["/usr/bin/python3", "-m", "venv", folder],
        [f"{folder}/bin/pip", "install", "-q", "--disable-pip-version-check", "numpy", "scipy"],
    ]:
        try:
            ended = subprocess.run(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        if ended.returncode != 0:
            return None, (ended.stdout.strip().splitlines() or ["no reason given"])[-1][:100]
    return f"{folder}/bin/python3", None


def judgement():
    simulator = f"{scratch}/bin/tminus-simulator"
    if not os.path.exists(simulator):
        return row("judgement", "skipped: there is no tminus-simulator where the programs were built")
    python, reason = numpy_python()
    ours, theirs = [], []
    script = write(f"{scratch}/ranks.py", RANKS)
    turns = ["ours", "theirs"] if python else ["ours"]
    for _ in range(3 if quick else 7):
        chance.shuffle(turns)
        for turn in turns:
            if turn == "ours":
                ended = Ended([simulator, "judgement"])
                ended.succeeded("tminus-simulator judgement")
                ours.append(json.loads(ended.out))
            else:
                ended = Ended([python, script, "10000", "1"])
                ended.succeeded("numpy and scipy")
                theirs.append(json.loads(ended.out))
    ranks = "Mann-Whitney and Hodges-Lehmann with interval, 10,000 x 10,000"
    seconds = statistics.median(run["rankSeconds"] for run in ours)
    if python is None:
        row(ranks, f"{seconds * 1000:.1f} ms; not compared: numpy and scipy could not be installed ({reason})")
    else:
        differing = [
            name for name in ["u", "p", "shift", "lower", "upper"]
            if abs(ours[0][name] - theirs[0][name]) > 1e-9 * max(1.0, abs(theirs[0][name]))]
        if differing:
            fail(f"other results than scipy's and numpy's: {', '.join(differing)}")
        ratio = statistics.median(
            other["seconds"][0] / own["rankSeconds"] for own, other in zip(ours, theirs))
        row(ranks, f"{seconds * 1000:.1f} ms = scipy and numpy / {ratio:.1f}", "5 times faster", ratio >= 5)
    seconds = statistics.median(run["sweepSeconds"] for run in ours)
    row("burn alerts of 10,000 objectives, 8 windows each", f"{seconds:.3f} s", "1 s", seconds < 1)
    few = statistics.median(run["intervalSecondsFew"] for run in ours)
    ratio = statistics.median(run["intervalSecondsMany"] / run["intervalSecondsFew"] for run in ours)
    row("a judge's interval, of 100,000 against of 1,000", f"{few * 1e6:.2f} us, {ratio:.2f} x", "1.50 x", ratio <= 1.5)
