"""Pipelines of several shapes, and the same for ninja."""

from ground import scratch, write


def pipeline(name, steps):
    head = f"pipeline: {name}\nservice: {name}\nenvironment: bench\nmaxParallel: 8\nsteps:\n"
    return write(f"{scratch}/pipelines/{name}.yaml", head + "".join(f"  {step}\n" for step in steps))


def ninja_file(name, needs, count=1000):
    edges = "".join(f"build o{index}: t {needs(index)}\n" for index in range(count))
    return write(f"{scratch}/ninja-{name}.ninja", "rule t\n  command = /bin/true\n" + edges)


flat = pipeline("flat", [f"s{index}: {{run: [/bin/true], needs: []}}" for index in range(1000)])
chain = pipeline("chain", [f"s{index}: {{run: [/bin/true]}}" for index in range(1000)])
flat_ninja = ninja_file("flat", lambda index: "")
chain_ninja = ninja_file("chain", lambda index: f"o{index - 1}" if index else "")
one_step = pipeline("one", ["s: {run: [/bin/true]}"])
tenfold = pipeline("tenfold", [f"s{index}: {{run: [/bin/true], needs: []}}" for index in range(10_000)])
tenfold_ninja = ninja_file("tenfold", lambda index: "", 10_000)


def above(index, prefix, separator):
    """Every step of the layer above: layers are of 100."""
    start = (index // 100 - 1) * 100
    return separator.join(f"{prefix}{other}" for other in range(start, start + 100)) if index >= 100 else ""


layers = pipeline(
    "layers", [f"s{index}: {{run: [/bin/true], needs: [{above(index, 's', ', ')}]}}" for index in range(1000)])
layers_ninja = ninja_file("layers", lambda index: above(index, "o", " "))


def layered(index):
    layer, place = divmod(index, 100)
    if layer == 0:
        return "hold"
    above = (layer - 1) * 100
    return f"s{above + place}, s{above + (place + 1) % 100}"


# 100 layers of 100 steps, each after two of the layer above; all wait for a person.
big = pipeline(
    "big", ["hold: {approve: {count: 1}, needs: []}"]
    + [f"s{index}: {{run: [/bin/true], needs: [{layered(index)}]}}" for index in range(10_000)])
