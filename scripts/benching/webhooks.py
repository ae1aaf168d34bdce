"""A flood of forged deliveries beside real ones."""

import hmac, json, os, shutil, socket, threading, time

from ground import MIB, Engine, fail, quick, row, scratch, write

HOOK_SECRET = b"a secret of the bench"


def delivery(body, secret=HOOK_SECRET):
    digits = hmac.new(secret, body, "sha256").hexdigest()
    return (f"POST /v1/webhooks/shop HTTP/1.1\r\nHost: bench\r\nX-Tminus-Signature: sha256={digits}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def statuses(connection, requests):
    """Sends all at once, and reads the status of every answer."""
    connection.sendall(b"".join(requests))
    found, buffer = [], b""
    while len(found) < len(requests):
        piece = connection.recv(1 << 16)
        if not piece:
            fail("the engine closed a connection")
        buffer += piece
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            head = buffer[:end].decode("latin-1").lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            if len(buffer) < end + 4 + length:
                break
            found.append(int(head.split()[1]))
            buffer = buffer[end + 4 + length:]
    return found


def flood(port, until, sent):
    """Three kinds of forgery: a wrong signature, none, and 64 KiB with a wrong one."""
    wrong = delivery(b'{"tag":"v6.6.6"}', b"another secret, as long")
    bare = b"POST /v1/webhooks/shop HTTP/1.1\r\nHost: bench\r\nContent-Length: 2\r\n\r\n{}"
    long = delivery(b'{"tag":"v6.6.6","x":"' + b"x" * 65536 + b'"}', b"another secret, as long")
    batch = [wrong, bare] * 16 + [long]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.monotonic() < until:
            for status in statuses(connection, batch):
                sent[status] = sent.get(status, 0) + 1


def webhooks():
    print("Webhooks", flush=True)
    data = f"{scratch}/hooks"
    os.makedirs(data, mode=0o700)
    secret = write(f"{data}/hook", HOOK_SECRET)
    os.chmod(secret, 0o600)
    write(f"{data}/tminus.yaml", f"repositories:\n  shop: {{url: {scratch}/none.git}}\nwebhooks:\n"
          f"  shop: {{sender: generic, repository: shop, secrets: [{{file: {secret}}}]}}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--listen", f"127.0.0.1:{port}"]
    engine = Engine(data, *options)
    seconds = 3 if quick else 60
    start = time.monotonic()
    counts = [{} for _ in range(8)]
    threads = [threading.Thread(target=flood, args=(port, start + seconds, count)) for count in counts]
    for thread in threads:
        thread.start()
    accepted, turned_away, waits = [], 0, []
    while time.monotonic() < start + seconds:
        body = json.dumps({"tag": "v1.4.2", "id": f"build-{len(waits)}"}).encode()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            begin = time.monotonic()
            status = statuses(connection, [delivery(body)])[0]
            waits.append(time.monotonic() - begin)
        if status == 202:
            accepted.append(body)
        else:
            turned_away += 1
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    refused = sum(count.get(403, 0) for count in counts)
    odd = sum(sum(count.values()) for count in counts) - refused - sum(count.get(503, 0) for count in counts)
    peak = engine.status("VmHWM")
    engine.process.kill()
    engine.process.wait()
    engine = Engine(data, *options)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lost = sum(status != 200 for body in accepted for status in statuses(connection, [delivery(body)]))
    engine.stop()
    row(f"forged deliveries in {seconds} s", f"{refused} refused, {refused / seconds:.0f} a second", "none accepted",
        odd == 0 and refused > 0)
    row("real deliveries beside them, slowest", f"{len(accepted)} accepted, {turned_away} turned away, "
        f"{max(waits) * 1000:.0f} ms")
    row("accepted deliveries lost, after kill -9", f"{lost} of {len(accepted)}", "0", lost == 0 and len(accepted) > 0)
    row("peak resident memory", f"{peak / MIB:.0f} MiB", "512 MiB", peak < 512 * MIB)
    shutil.rmtree(data, ignore_errors=True)
