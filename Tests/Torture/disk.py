"""A disk as the rules allow it to be after a power cut.

What a synced file holds and what a synced directory names is there. All else written, cut, made, renamed and removed
since may be there or not, in any combination; a write may be there in part, sector by sector; what is missing of a file
reads as zeros. File systems promise more than that; none promises less.
"""
import os
import pathlib
import random


class Call:
    def __init__(self, line):
        fields = line.rstrip("\n").split("\t")
        self.number, self.thread, self.at = int(fields[0]), int(fields[1]), int(fields[2])
        self.name, self.result, self.path, self.second, self.place = fields[3:8]
        self.bytes = bytes.fromhex(fields[8]) if len(fields) > 8 else b""

    @property
    def is_done(self):
        return self.result.lstrip("-").isdigit() and int(self.result) >= 0


class File:
    """Its content when it was last synced, and what was done to it since."""

    def __init__(self):
        self.durable, self.pending = b"", []

    def image(self, keeps):
        """`keeps` is asked for each pending change: None keeps it whole, else which sectors of it, by size and index."""
        content = bytearray(self.durable)
        for kind, offset, data in self.pending:
            kept = keeps(kind, len(data))
            if kept is False:
                continue
            if kind == "cut":
                content = content[:offset] + bytes(max(0, offset - len(content)))
                continue
            if len(content) < offset:
                content += bytes(offset - len(content))
            if kept is True:
                content[offset:offset + len(data)] = data
                continue
            size, sectors = kept
            for sector in sectors:
                piece = data[sector * size:(sector + 1) * size]
                start = offset + sector * size
                if len(content) < start:
                    content += bytes(start - len(content))
                content[start:start + len(piece)] = piece
        return bytes(content)

    def sync(self):
        self.durable, self.pending = self.image(lambda kind, size: True), []


class Disk:
    """The files beneath a folder, as calls make them."""

    def __init__(self, root, ignored=("-shm",), lies=False):
        """`lies`: a disk that says that it synced, and didn't; to see whether that is noticed."""
        self.root, self.ignored, self.lies = str(root), ignored, lies
        self.names = {}       # path -> File, None for a folder: as a running system sees it
        self.durable = {}     # the same, for what is certain
        self.changes = []     # (folder, path, File or None, is made) not certain yet

    def holds(self, path):
        return path.startswith(self.root + "/") and not path.endswith(self.ignored) and "(deleted)" not in path

    def change(self, steps):
        """Names made or removed together: all of them are on the disk, or none."""
        self.changes.append(steps)
        for path, file, is_made in steps:
            if is_made:
                self.names[path] = file
            else:
                self.names.pop(path, None)

    def play(self, call):
        if not call.is_done:
            return
        path = os.path.normpath(call.path) if call.path.startswith("/") else call.path
        if call.name in ("rename", "link"):
            second = os.path.normpath(call.second)
            if self.holds(path) and self.holds(second) and path in self.names:
                file = self.names[path]
                self.change(([(path, file, False)] if call.name == "rename" else []) + [(second, file, True)])
                if call.name == "rename" and file is None:
                    for name in [name for name in self.names if name.startswith(path + "/")]:
                        self.change([(name, self.names[name], False), (second + name[len(path):], self.names[name], True)])
            return
        if not self.holds(path) and path != self.root:
            return
        if call.name == "open":
            if path not in self.names:
                self.change([(path, File(), True)])
            elif int(call.place) & os.O_TRUNC:
                self.names[path].pending.append(("cut", 0, b""))
        elif call.name == "mkdir" and path != self.root:
            self.change([(path, None, True)])
        elif call.name == "unlink":
            if path in self.names:
                self.change([(path, self.names[path], False)])
        elif call.name in ("fsync", "fdatasync"):
            if not self.lies:
                self.sync(path)
        elif self.names.get(path) is not None:
            file = self.names[path]
            if call.name in ("write", "writev", "pwrite", "pwritev"):
                file.pending.append(("write", int(call.place), call.bytes))
            elif call.name == "ftruncate":
                file.pending.append(("cut", int(call.place), b""))

    def sync(self, path):
        file = self.names.get(path)
        if path == self.root or (path in self.names and file is None):
            rest = []
            for steps in self.changes:
                if all(os.path.dirname(name) == path for name, _, _ in steps):
                    self.settle(self.durable, steps)
                else:
                    rest.append(steps)
            self.changes = rest
        elif file is not None:
            file.sync()

    @staticmethod
    def settle(names, steps):
        for path, file, is_made in steps:
            if is_made:
                names[path] = file
            else:
                names.pop(path, None)

    def image(self, draws, kind):
        """One legal disk: path -> content, None for folders. `kind`: all, none, or a random one.

        Data and names are drawn apart: `ordered` keeps names in the order in which they were made, as file systems with
        a journal do; `any` doesn't.
        """
        names = dict(self.durable)
        cut = draws.randint(0, len(self.changes))
        odds = draws.choice((0.1, 0.5, 0.9))
        sector = draws.choice((512, 4096))
        for number, steps in enumerate(self.changes):
            if kind == "all" or (kind == "ordered" and number < cut) or (kind == "any" and draws.random() < odds):
                self.settle(names, steps)

        def keeps(change, size):
            if kind in ("all", "none"):
                return kind == "all"
            if change == "cut" or draws.random() < 0.5:
                return draws.random() < odds
            count = -(-size // sector)
            return sector, [index for index in range(count) if draws.random() < odds]
        # A name without its folder leads nowhere.
        folders = {self.root} | {path for path, file in names.items() if file is None}
        kept = {}
        for path, file in sorted(names.items()):
            if self.is_reached(path, folders, names):
                kept[path] = None if file is None else file.image(keeps)
        return kept

    def is_reached(self, path, folders, names):
        above = os.path.dirname(path)
        while above != self.root:
            if above not in folders:
                return False
            above = os.path.dirname(above)
        return True

    def write(self, image, folder):
        """Puts an image beneath `folder`, in the root's place."""
        for path, content in sorted(image.items()):
            place = pathlib.Path(str(folder) + path[len(self.root):])
            if content is None:
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            else:
                place.write_bytes(content)
                place.chmod(0o600)


def read_calls(path):
    with open(path) as file:
        return [Call(line) for line in file if line.endswith("\n")]
