"""A journal with very many old runs: one real run, written again and again under other names, with chains of its own."""

import hashlib, sqlite3

from ground import fail


def fill(data, pipeline, runs):
    """Makes `runs` of the newest run of a journal that no engine holds. The journal's own triggers watch over it."""
    connection = sqlite3.connect(f"{data}/journal.sqlite", isolation_level=None)
    connection.row_factory = sqlite3.Row
    run = dict(connection.execute("SELECT * FROM runs ORDER BY position DESC LIMIT 1").fetchone())
    first, number = run["run"], int(run["run"].rpartition("-")[2])
    events = [dict(row) for row in connection.execute("SELECT * FROM events WHERE run = ? ORDER BY sequence", (first,))]
    # Lines too long for the table of events stand in one of their own.
    long = dict(connection.execute("SELECT sequence, line FROM long_lines WHERE run = ?", (first,)).fetchall())
    releases = [dict(row) for row in connection.execute("SELECT * FROM releases WHERE run = ?", (first,))]
    if len(events) != run["version"] or not releases:
        fail(f"{first} of {pipeline} has {len(events)} events and {len(releases)} releases")
    connection.execute("BEGIN")
    for index in range(1, runs):
        name = f"{pipeline}-{number + index}"
        live = dict(run, run=name, position=run["position"] + index, version=0, head=bytes(32), status="running", ended=None)
        insert(connection, "runs", live)
        head = bytes(32)
        for event in events:
            sequence = event["sequence"]
            line = long.get(sequence, event["line"]).replace(f'"{first}"', f'"{name}"')
            head = hashlib.sha256(head + line.encode()).digest()
            insert(connection, "events", dict(event, run=name, line="" if sequence in long else line, hash=head))
            if sequence in long:
                insert(connection, "long_lines", dict(run=name, sequence=sequence, line=line))
        for release in releases:
            insert(connection, "releases", dict(
                release, run=name, line=release["line"].replace(f'"{first}"', f'"{name}"')))
        connection.execute("UPDATE runs SET version = ?, head = ?, status = ?, ended = ? WHERE run = ?",
                           (run["version"], head, run["status"], run["ended"], name))
    connection.execute("COMMIT")
    connection.close()


def insert(connection, table, row):
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))
