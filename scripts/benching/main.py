"""The benchmark: one section by name (ONLY), or all of them."""

import os

from ground import Ended, finish, scratch, seed, tminus
from page import Section

UNUSUAL = ["peers", "keeping"]


def chosen():
    """Sections by name; those that take long or need the network only when they are named."""
    import commands, judgement, keeping, peers, rollback, speed, webhooks

    known = {"speed": speed.speed, "commands": commands.commands, "webhooks": webhooks.webhooks,
             "rollback": rollback.rollback, "judgement": judgement.judgement, "keeping": keeping.keeping,
             "peers": peers.peers}
    only = os.environ["ONLY"]
    return {name: known[name] for name in known if (name in only.split(",") if only else name not in UNUSUAL)}


print(f"bench: seed {seed}, {os.cpu_count()} cores, journals in {scratch}", flush=True)
print(f"bench: {Ended([tminus, '--version']).out.strip()}", flush=True)
for name, measure in chosen().items():
    section = Section(name)
    measure()
    if os.environ["KEEP"] == "1":
        section.keep()
finish()
