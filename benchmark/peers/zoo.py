"""Compares `phosphene gradient` with autograd over a zoo of architectures and both exporters.

Builds every architecture with random weights, exports it, and prints the relative L2 error of the
gradient at the input (at the embedding, for integer inputs) beside the noise of autograd itself.
A comparison passes at max(1e-4, 3 x noise). Exits with status 1 if under 98 % pass. What an
exporter cannot export is listed and does not count. Results are kept in OUT_DIR/results.jsonl, and
an architecture that has its results there is not compared again, unless --again is given.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import stored
import zoo_table
import zoo_names

HERE = Path(__file__).resolve().parent


class Zoo:
    """The results so far, and the processes that make more."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.path = arguments.directory / "results.jsonl"
        self.results = {}
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                result = json.loads(line)
                self.results[result["name"], result["exporter"]] = result

    def is_done(self, name, exporter):
        result = self.results.get((name, exporter))
        if result is None or self.arguments.again:
            return False
        return not (self.arguments.failed and zoo_table.is_failure(result))

    def compare(self, name):
        """Runs one architecture's process with the exporters that have no result yet."""
        exporters = [e for e in self.arguments.exporter or stored.EXPORTERS
                     if not self.is_done(name, e)]
        if not exporters:
            return
        command = [sys.executable, HERE / "zoo_worker.py", name, self.arguments.directory,
                   self.arguments.phosphene.resolve()]
        for exporter in exporters:
            command += ["--exporter", exporter]
        command += ["--keep"] if self.arguments.keep else []
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=self.arguments.seconds)
            ending = f"the process ended with status {process.returncode}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            ending = f"not done within {self.arguments.seconds} s"
        self._take(name, exporters, output, ending)

    def _take(self, name, exporters, output, ending):
        stage = "start"
        found = {}
        for line in output.splitlines():
            if not line.startswith("{"):
                continue
            message = json.loads(line)
            stage = message.get("stage", stage)
            ending = message.get("failure", ending) if "name" not in message else ending
            if "name" in message:
                found[message["exporter"]] = message
        for exporter in exporters:
            result = found.get(exporter)
            if result is None:
                # A network that its own library cannot build or run has nothing to compare with.
                kind = "failure" if stage.startswith(("gradient", "layers")) else "notExported"
                result = {"name": name, "exporter": exporter, kind: f"{stage}: {ending}"}
                stage = f"after {stage}"
            self.results[name, exporter] = result
            with self.path.open("a") as file:
                file.write(json.dumps(result) + "\n")
            print(zoo_table.row(result), flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*",
                        help="architectures (timm/resnet10t torchvision/vgg11) or libraries (timm); "
                             "all that zoo_names.py lists by default")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--exporter", action="append", choices=stored.EXPORTERS)
    parser.add_argument("--seconds", type=int, default=900, help="limit for each architecture")
    parser.add_argument("--keep", action="store_true", help="keep the files of each architecture")
    parser.add_argument("--again", action="store_true", help="compare also what has results")
    parser.add_argument("--failed", action="store_true", help="compare again what failed")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    zoo = Zoo(arguments)
    names = zoo_names.selected(arguments.names)
    for name in names:
        zoo.compare(name)
    results = [zoo.results[name, exporter] for name in names
               for exporter in arguments.exporter or stored.EXPORTERS]
    print(zoo_table.markdown(results) if arguments.markdown else zoo_table.table(results))
    share = zoo_table.share_passed(results)
    sys.exit(0 if share >= zoo_table.REQUIRED_SHARE else 1)


if __name__ == "__main__":
    main()
