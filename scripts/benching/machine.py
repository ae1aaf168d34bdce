"""What this machine is, for pages of what was measured or tried on it."""

import os, pathlib, platform, re


def hardware():
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kibibytes = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1))
    return (f"{processor.group(1).strip() if processor else 'unknown processor'}, {os.cpu_count()} processors, "
            f"{kibibytes // 1024:,} MiB, Linux {platform.release()}")
