"""The table of the zoo: which comparisons passed, and why the others did not."""

import stored

TOLERANCE = 1e-4
"""Relative L2 error that is always allowed (float32, whole networks)."""

NOISE_FACTOR = 3
"""How many times autograd's own noise is allowed."""

REQUIRED_SHARE = 0.98
"""How many of the comparisons must pass."""


def bound(result):
    """Returns the error that is allowed."""
    return max(TOLERANCE, NOISE_FACTOR * result["noise"])


def passed(result):
    """Returns whether a comparison took place and its error is within the bound."""
    return "error" in result and result["error"] <= bound(result)


def is_exported(result):
    """Returns whether there was a file to compare with."""
    return "notExported" not in result


def is_failure(result):
    """Returns whether a file was exported and the gradient or the layer table was not right."""
    return is_exported(result) and (not passed(result) or "layersFailure" in result)


def share_passed(results):
    """Returns the share of the exported files that passed."""
    exported = [result for result in results if is_exported(result)]
    return sum(map(passed, exported)) / max(1, len(exported))


def row(result):
    """Returns one comparison as a line of text."""
    title = f"{result['name'] + ' ' + result['exporter']:56}"
    if not is_exported(result):
        return f"{title} not exported: {result['notExported']}"
    if "failure" in result:
        return f"{title} FAIL {result['failure']}"
    text = (f"{title} {result['error']:8.1e} {result['noise']:8.1e} {bound(result):8.1e} "
            f"{'pass' if passed(result) else 'FAIL'} {result.get('seconds', 0):7.1f} "
            f"{result.get('layers', 0):6d}")
    return f"{text} FAIL layers: {result['layersFailure']}" if "layersFailure" in result else text


def table(results):
    """Returns all comparisons as text, what did not pass once more at the end."""
    heading = (f"{'architecture and exporter':56} {'error':>8} {'noise':>8} {'bound':>8} "
               f"{'':4} {'seconds':>7} {'layers':>6}")
    rest = [row(result) for result in results if is_failure(result)]
    return "\n".join([heading, *map(row, results), "", summary(results),
                      *(["Not passed:"] if rest else []), *rest])


def summary(results):
    """Returns how many comparisons passed, in words."""
    exported = [result for result in results if is_exported(result)]
    return (f"{sum(map(passed, exported))} of {len(exported)} comparisons passed "
            f"({share_passed(results):.1%}); {len(results) - len(exported)} were not exported")


def markdown(results):
    """Returns the table of `RESULTS.md`: a line for each architecture, both exporters in it."""
    by_name = {}
    for result in results:
        by_name.setdefault(result["name"], {})[result["exporter"]] = result
    lines = ["| architecture | error | bound | layers |", "| --- | --- | --- | --- |"]
    for name, pair in by_name.items():
        both = [pair[exporter] for exporter in stored.EXPORTERS if exporter in pair]
        errors = " / ".join(_error(result) for result in both)
        bounds = [f"{bound(result):.1e}" for result in both if "noise" in result]
        layers = " / ".join(str(result.get("layers", "-")) for result in both)
        lines.append(f"| {name} | {errors} | {bounds[0] if bounds else '-'} | {layers} |")
    reasons = [f"- {r['name']} {r['exporter']}: {_reason(r)}" for r in results
               if is_failure(r) or not is_exported(r)]
    return "\n".join([*lines, "", summary(results), "", *reasons])


def _error(result):
    if "error" not in result:
        return "-" if not is_exported(result) else "failed"
    return f"{result['error']:.1e}" + ("" if passed(result) else " (!)")


def _reason(result):
    if not is_exported(result):
        return f"not exported: {result['notExported']}"
    if not passed(result):
        return result.get("failure", f"error {result.get('error', float('nan')):.1e}")
    return f"layers: {result['layersFailure']}"
