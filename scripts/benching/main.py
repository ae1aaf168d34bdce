"""The benchmark: one section by name (ONLY), or all of them."""

import os

from ground import Ended, finish, scratch, seed, tminus


def chosen():
    """Sections by name; those that take long or need the network only when they are named."""
    import commands, judgement, keeping, peers, rollback, speed, webhooks

    usual = [speed.speed, commands.starting, commands.memory, commands.diagnostics, webhooks.webhooks,
             rollback.rollback, judgement.judgement]
    named = {"judgement": [judgement.judgement], "webhooks": [webhooks.webhooks], "rollback": [rollback.rollback],
             "speed": [speed.speed], "peers": [peers.peers], "keeping": [keeping.keeping]}
    return named.get(os.environ["ONLY"], usual)


print(f"bench: seed {seed}, {os.cpu_count()} cores, journals in {scratch}", flush=True)
print(f"bench: {Ended([tminus, '--version']).out.strip()}", flush=True)
for section in chosen():
    section()
finish()
