"""The table of what `speed.py` measured; needs no PyTorch."""

import json
import math
import statistics

PYTORCH = ("eager", "channels_last", "compile")
CONTESTANTS = (*PYTORCH, "forward", "phosphene")

HEAD = ("| network, pictures | PyTorch eager | channels_last | compiled | forward | Phosphene "
        "| to PyTorch's best | to forward |\n" + "| --- " * 8 + "|")


def record(directory, processor=False):
    """Returns the file that holds what was measured by one of the two clocks."""
    return directory / ("speed.processor.json" if processor else "speed.json")


def read(path):
    """Returns what was measured: by network, milliseconds of each round of each contestant."""
    return json.loads(path.read_text()) if path.exists() else {}


def summaries(result, processor=False):
    """Returns the number that stands for the rounds of each contestant."""
    summary = min if processor else statistics.median
    return {name: summary(times) for name, times in result["milliseconds"].items()}


def ratio_to_pytorch(times):
    """Returns Phosphene's time over that of PyTorch's best mode."""
    return times["phosphene"] / min(times[mode] for mode in PYTORCH if mode in times)


def row(key, result, processor=False):
    """Returns a row of the table; a ratio to the forward pass above its bound is marked."""
    times = summaries(result, processor)
    cells = [f"{times[name]:.1f}" if name in times
             else "failed" if "not compiled" in result else "-" for name in CONTESTANTS]
    to_forward = times["phosphene"] / times["forward"]
    mark = "" if to_forward <= result["bound"] else f" (above {result['bound']})"
    return (f"| {key} | " + " | ".join(cells)
            + f" | {ratio_to_pytorch(times):.2f} | {to_forward:.2f}{mark} |")


def markdown(directory, processor=False):
    """Returns the table, its geometric mean and what was not compiled, or None if there is none."""
    results = read(record(directory, processor))
    if not results:
        return None
    lines = [HEAD, *(row(key, result, processor) for key, result in results.items())]
    ratios = [ratio_to_pytorch(summaries(result, processor)) for result in results.values()]
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    lines.append(f"\nGeometric mean to PyTorch's best: {mean:.2f}, largest {max(ratios):.2f}.")
    lines += [f"\n`torch.compile` failed for {key}: {result['not compiled']}"
              for key, result in results.items() if "not compiled" in result]
    return "\n".join(lines)
