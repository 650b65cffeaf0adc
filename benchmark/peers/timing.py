"""How steps are timed: after a warm-up, contestants taking turns, so that ratios hold under load."""

import gc
import statistics
import time
from dataclasses import dataclass

WARM_UP_SECONDS = 2
WARM_UP_STEPS = 3
"""Both pass before a step counts: as in the command `phosphene benchmark`, which warms up alike."""

REST_SECONDS = 0.2
"""Between contestants, so that no thread of the last one still spins."""


@dataclass(frozen=True)
class Clock:
    """What is measured: the wall clock over two threads, or the processor's time of one thread.

    The latter holds on a machine that does other work too; its least is what the work takes.
    """

    processor: bool = False

    @property
    def threads(self):
        """How many threads each contestant has."""
        return 1 if self.processor else 2

    def now(self):
        """Returns seconds since whenever."""
        return time.thread_time() if self.processor else time.perf_counter()

    def summary(self, times):
        """Returns the number that stands for some times."""
        return min(times) if self.processor else statistics.median(times)


def milliseconds(step, steps, clock):
    """Returns what some steps take, in one number, after a warm-up."""
    start, taken = time.perf_counter(), 0
    while taken < WARM_UP_STEPS or time.perf_counter() - start < WARM_UP_SECONDS:
        step()
        taken += 1
    times = []
    for _ in range(steps):
        start = clock.now()
        step()
        times.append((clock.now() - start) * 1e3)
    return clock.summary(times)


def take_turns(contestants, rounds):
    """Returns by name what each round of each contestant gave.

    A contestant is a function without arguments.
    """
    results = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            gc.collect()
            time.sleep(REST_SECONDS)
            results[name].append(measure())
    return results
