"""Writes what ONNX Runtime finds for single nodes: shapes.json and values.json.

usage: shapes.py OUT_DIR

The project keeps them in graph/src/test/resources/dev/phosphene/graph/operator, where tests of
shape inference and of the evaluation of constants read them. Each case is one node: its operator,
attributes, inputs (a shape, a constant, or null where one is left out) and what came out of it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPSET = 21
SEED = 20


class Constant:
    """An input whose content inference may see."""

    def __init__(self, values, dtype=np.int64):
        self.array = np.asarray(values, dtype)


def ints(*values):
    return Constant(values)


def floats(*values):
    return Constant(values, np.float32)


class Cases:
    """Collects cases of one kind."""

    def __init__(self, keep_values):
        self.keep_values = keep_values
        self.rows = []
        self.failures = []
        self.random = np.random.default_rng(SEED)

    def add(self, operator, *inputs, outputs=1, **attributes):
        """Runs a node on these inputs: shapes (tuples, float32), constants or None."""
        feeds, parts, initializers, described = {}, [], [], []
        for i, given in enumerate(inputs):
            name = f"x{i}" if given is not None else ""
            parts.append(name)
            if isinstance(given, Constant):
                initializers.append(numpy_helper.from_array(given.array, name))
                described.append(tensor(given.array))
            elif given is None:
                described.append(None)
            else:
                feeds[name] = self.random.standard_normal(given).astype(np.float32)
                described.append({"shape": list(given)})
        names = [f"y{i}" for i in range(outputs)]
        node = helper.make_node(operator, parts, names, **attributes)
        graph = helper.make_graph(
            [node],
            "case",
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, a.shape) for n, a in feeds.items()],
            [onnx.ValueInfoProto(name=name) for name in names],
            initializers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            results = session.run(None, feeds)
        except Exception as e:
            self.failures.append(f"{operator} {attributes} {described}: {e}")
            return
        self.rows.append({
            "operator": operator,
            "attributes": {name: attribute(value) for name, value in attributes.items()},
            "inputs": described,
            "outputs": [tensor(r) if self.keep_values else list(r.shape) for r in results],
        })

    def write(self, path):
        """Writes all cases; refuses if one did not run."""
        if self.failures:
            raise SystemExit("\n".join(self.failures))
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in self.rows)
        path.write_text(f"[\n{rows}\n]\n")
        print(f"{path.name}: {len(self.rows)} cases, {path.stat().st_size} bytes")


def tensor(array):
    return {"type": str(array.dtype), "sizes": list(array.shape), "values": numbers(array)}


def numbers(array):
    """Elements for JSON, which has no infinities."""
    return [v if np.isfinite(v) else str(v) for v in array.ravel().tolist()]


def attribute(value):
    return tensor(numpy_helper.to_array(value)) if isinstance(value, TensorProto) else value


def convolutions(cases):
    for size, kernel, stride, dilation, pads in [
            (8, 3, 1, 1, [1, 1, 1, 1]), (8, 3, 2, 1, [1, 1, 1, 1]), (9, 3, 2, 1, [0, 0, 0, 0]),
            (9, 3, 2, 2, [1, 0, 2, 3]), (7, 1, 3, 1, [0, 0, 0, 0]), (12, 5, 3, 2, [4, 4, 4, 4]),
            (5, 5, 1, 1, [0, 0, 0, 0])]:
        cases.add("Conv", (2, 4, size, size + 1), (6, 4, kernel, kernel), pads=pads,
                  strides=[stride, stride], dilations=[dilation, 1])
    for form in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
        for size, kernel, stride in [(8, 3, 2), (9, 4, 3), (7, 1, 3), (6, 2, 1)]:
            cases.add("Conv", (1, 2, size), (3, 2, kernel), auto_pad=form, strides=[stride])
    cases.add("Conv", (1, 4, 9), (4, 1, 3), group=4, pads=[2, 1])
    cases.add("Conv", (1, 6, 5, 6, 7), (4, 3, 3, 2, 1), (4,), group=2, strides=[1, 2, 3])
    cases.add("Conv", (1, 3, 8, 8), (4, 3, 3, 3), kernel_shape=[3, 3])


def transposed_convolutions(cases):
    for size, kernel, stride, dilation, pads, extra in [
            (4, 3, 1, 1, [0, 0], [0]), (4, 3, 2, 1, [1, 1], [1]), (5, 4, 2, 1, [1, 1], [0]),
            (5, 3, 3, 2, [2, 1], [2]), (6, 2, 4, 1, [0, 0], [3]), (3, 5, 2, 3, [4, 2], [1])]:
        cases.add("ConvTranspose", (1, 4, size), (4, 2, kernel), strides=[stride],
                  dilations=[dilation], pads=pads, output_padding=extra)
    for form in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
        for size, kernel, stride in [(4, 3, 2), (5, 4, 3), (4, 2, 3), (6, 5, 1)]:
            cases.add("ConvTranspose", (1, 2, size, size), (2, 3, kernel, kernel), auto_pad=form,
                      strides=[stride, stride])
    for wanted in [[9, 8], [7, 10], [6, 9]]:
        cases.add("ConvTranspose", (1, 2, 4, 4), (2, 3, 3, 3), strides=[2, 2],
                  output_shape=wanted)
    cases.add("ConvTranspose", (1, 4, 4, 4, 3), (4, 3, 2, 2, 2), group=2, strides=[2, 2, 2])


def poolings(cases):
    settings = [
        (7, 3, 2, [0, 0]), (8, 3, 2, [0, 0]), (10, 2, 3, [0, 0]), (8, 2, 3, [1, 1]),
        (9, 3, 3, [1, 0]), (6, 2, 4, [0, 1]), (5, 3, 2, [1, 1]), (4, 1, 3, [0, 0])]
    for ceiling in [0, 1]:
        for size, kernel, stride, pads in settings:
            cases.add("MaxPool", (1, 2, size), kernel_shape=[kernel], strides=[stride], pads=pads,
                      ceil_mode=ceiling, outputs=2)
            cases.add("AveragePool", (1, 2, size), kernel_shape=[kernel], strides=[stride],
                      pads=pads, ceil_mode=ceiling)
        for dilation in [2, 3]:
            for operator in ["MaxPool", "AveragePool"]:
                cases.add(operator, (1, 2, 11, 10), kernel_shape=[3, 2], strides=[2, 3],
                          dilations=[dilation, 1], pads=[1, 0, 1, 1], ceil_mode=ceiling)
        cases.add("LpPool", (1, 2, 8, 9), kernel_shape=[3, 2], strides=[2, 2], ceil_mode=ceiling)
    for form in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
        for size, kernel, stride in [(8, 3, 2), (9, 4, 3), (7, 2, 3)]:
            cases.add("MaxPool", (1, 2, size, size), kernel_shape=[kernel, kernel],
                      strides=[stride, stride], auto_pad=form)
            cases.add("AveragePool", (1, 2, size, size), kernel_shape=[kernel, kernel],
                      strides=[stride, stride], auto_pad=form)
    for operator in ["GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"]:
        cases.add(operator, (2, 3, 4, 5))
    cases.add("MaxUnpool", (1, 1, 2, 2), Constant(np.zeros((1, 1, 2, 2))), kernel_shape=[2, 2],
              strides=[2, 2])


def resizings(cases):
    x = (1, 2, 5, 7)
    for scales in [(1, 1, 2, 2), (1, 1, 0.6, 0.45), (1, 1, 1.5, 3.1), (1, 1, 0.2, 0.99)]:
        cases.add("Resize", x, None, floats(*scales), mode="nearest")
        cases.add("Resize", x, None, floats(*scales), mode="linear")
    cases.add("Resize", x, None, None, ints(1, 2, 10, 3), mode="cubic")
    cases.add("Resize", x, None, None, ints(10, 3), axes=[2, 3], mode="linear")
    cases.add("Resize", x, None, floats(1.3, 2.7), axes=[3, 2], mode="linear")
    for policy in ["stretch", "not_larger", "not_smaller"]:
        for sizes in [(10, 10), (3, 9), (7, 4)]:
            cases.add("Resize", x, None, None, ints(*sizes), axes=[2, 3], mode="linear",
                      keep_aspect_ratio_policy=policy)
    cases.add("GridSample", (2, 3, 4, 5), (2, 6, 7, 2))
    cases.add("AffineGrid", (2, 2, 3), ints(2, 3, 4, 5))
    cases.add("AffineGrid", (2, 3, 4), ints(2, 3, 4, 5, 6))
    cases.add("RoiAlign", (1, 3, 8, 8), Constant(np.zeros((5, 4)), np.float32), Constant([0] * 5), output_height=3, output_width=2)


def slicings(cases):
    x = (5, 8, 3)
    low = np.iinfo(np.int64).min
    for starts, ends, axes, steps in [
            ((1,), (4,), (0,), (1,)), ((-3,), (100,), (1,), (2,)), ((7,), (0,), (1,), (-1,)),
            ((-1,), (low,), (1,), (-1,)), ((-1, -1), (low, low), (0, -1), (-2, -1)),
            ((4,), (2,), (0,), (1,)), ((2,), (4,), (0,), (-1,)), ((100,), (-100,), (1,), (-3,)),
            ((-100,), (100,), (1,), (5,)), ((0, 1), (3, 2), (1, 2), (1, 7))]:
        cases.add("Slice", x, ints(*starts), ints(*ends), ints(*axes), ints(*steps))
    cases.add("Slice", x, ints(1, 2), ints(-1, -2))
    for mode in ["constant", "reflect", "edge", "wrap"]:
        cases.add("Pad", (4, 5), ints(1, 2, 3, 0), mode=mode)
    cases.add("Pad", (4, 5), ints(-1, 2, -1, 0), Constant(0.5, np.float32))
    cases.add("Pad", (4, 5), ints(2, 1), None, ints(-1))
    for sizes in [(1, 3, 4), (0, 8, 0)]:
        cases.add("Split", x, ints(*sizes), outputs=3, axis=1)
    cases.add("Split", x, outputs=2, axis=1, num_outputs=2)
    cases.add("Split", x, outputs=3, axis=-2, num_outputs=3)
    cases.add("Split", x, outputs=3, axis=0, num_outputs=3)
    cases.add("Concat", x, (5, 2, 3), (5, 1, 3), axis=-2)


def reshapings(cases):
    x = (2, 3, 4, 6)
    for sizes in [(6, -1), (0, -1), (0, 0, -1), (-1, 0, 24), (2, 1, 72, 1), (144,), (-1, 1), (0, 0, 0, 0)]:
        if sizes != (-1, 0, 24):
            cases.add("Reshape", x, ints(*sizes))
    cases.add("Reshape", (0, 3), ints(3, 0), allowzero=1)
    for axis in [0, 1, 3, 4, -1, -4]:
        cases.add("Flatten", x, axis=axis)
    cases.add("Transpose", x)
    cases.add("Transpose", x, perm=[2, 0, 3, 1])
    cases.add("Squeeze", (1, 3, 1, 2))
    cases.add("Squeeze", (1, 3, 1, 2), ints(-2))
    cases.add("Unsqueeze", (3, 2), ints(0, -1, 2))
    cases.add("Expand", (3, 1), ints(2, 1, 6))
    cases.add("Expand", (3, 4), ints(1))
    cases.add("Tile", (2, 3), ints(3, 0))
    cases.add("Tile", (2, 3), ints(1, 4))
    cases.add("DepthToSpace", (1, 8, 2, 3), blocksize=2)
    cases.add("DepthToSpace", (1, 8, 2, 3), blocksize=2, mode="CRD")
    cases.add("SpaceToDepth", (1, 2, 4, 6), blocksize=2)


def combinations(cases):
    for a, b in [((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)),
                 ((5, 1, 2, 3), (4, 3, 6)), ((2, 3), (7, 3, 1))]:
        cases.add("MatMul", a, b)
    cases.add("Gemm", (3, 2), (4, 3), (4,), transA=1, transB=1)
    for equation, *shapes in [
            ("ij,jk->ik", (2, 3), (3, 4)), ("bij,bjk", (2, 3, 4), (2, 4, 5)), ("ii->i", (3, 3)),
            ("i,j->ji", (2,), (3,)), ("...ij->...ji", (2, 3, 4, 5)), ("ij->", (2, 3)),
            ("b...d,d->b...", (2, 3, 4, 5), (5,)), ("ba,ca", (2, 3), (4, 3))]:
        cases.add("Einsum", *shapes, equation=equation)
    x = (2, 3, 4)
    for operator in ["ReduceSum", "ReduceMax", "ReduceLogSumExp"]:
        cases.add(operator, x, ints(1))
        cases.add(operator, x, ints(-1, 0), keepdims=0)
        cases.add(operator, x, keepdims=0)
        cases.add(operator, x, noop_with_empty_axes=1)
    cases.add("ArgMax", x, axis=1)
    cases.add("ArgMin", x, axis=-1, keepdims=0)
    cases.add("LayerNormalization", x, (3, 4), axis=1, outputs=3)
    cases.add("TopK", x, ints(2), axis=1, outputs=2)
    cases.add("Dropout", x, outputs=2)
    cases.add("Gather", x, Constant([[0, 1], [1, 0]]), axis=1)
    cases.add("Gather", x, Constant(1), axis=0)
    cases.add("GatherElements", x, Constant(np.zeros((2, 1, 4))), axis=1)
    cases.add("GatherND", x, Constant([[0, 1], [1, 2]]))
    cases.add("GatherND", x, Constant([[1], [2]]), batch_dims=1)
    cases.add("OneHot", Constant([0, 2, 1]), Constant(5), floats(0, 1), axis=0)
    cases.add("Where", Constant(True, bool), x, (4,))
    cases.add("LSTM", (5, 2, 3), (1, 16, 3), (1, 16, 4), hidden_size=4, outputs=3)
    cases.add("GRU", (5, 2, 3), (2, 12, 3), (2, 12, 4), hidden_size=4, direction="bidirectional",
              outputs=2)
    cases.add("RNN", (2, 5, 3), (1, 4, 3), (1, 4, 4), hidden_size=4, layout=0, outputs=2)
    cases.add("DFT", (1, 10, 1), None, Constant(1), onesided=1)
    cases.add("DFT", (1, 10, 2), Constant(6), Constant(1))
    cases.add("EyeLike", (3, 4))
    cases.add("Shape", x, start=1, end=-1)
    cases.add("Shape", x, start=-9, end=9)
    cases.add("QuantizeLinear", x, Constant(0.5, np.float32), Constant(3, np.uint8))
    cases.add("CenterCropPad", (5, 8, 3), ints(3, 9), axes=[0, 1])
    cases.add("Col2Im", (1, 5, 5), ints(5, 5), ints(1, 5))
    cases.add("STFT", (1, 16, 1), Constant(4), None, Constant(8))


def arithmetic(cases):
    a, b = Constant([[7, -7, 3]]), Constant([[2], [-2]])
    for operator in ["Add", "Sub", "Mul", "Div", "Mod", "Min", "Max", "Equal", "Greater",
                     "GreaterOrEqual", "Less", "LessOrEqual"]:
        cases.add(operator, a, b)
    x, y = floats(7.5, -7.5, 0.1), floats(2.0, 0.3, -0.7)
    for operator in ["Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Equal", "Less"]:
        cases.add(operator, x, y)
    big = ints(2**62 + 1, -(2**53) - 1)
    cases.add("Add", big, ints(1))
    cases.add("Mul", ints(2**31 + 1), ints(2**31 - 1))
    cases.add("Div", big, ints(3))
    cases.add("Mod", a, b, fmod=1)
    cases.add("Mod", x, y, fmod=1)
    cases.add("Pow", ints(3, -2, 10), ints(2, 3, 18))
    cases.add("Pow", floats(2, 3, 4), floats(0.5, -1, 2))
    cases.add("Pow", Constant([2, 9], np.int32), floats(3, 0.5))
    cases.add("Pow", floats(2, 3), ints(-1, 3))
    cases.add("Div", Constant([7, -7], np.int32), Constant([2], np.int32))
    cases.add("Sub", Constant([1], np.uint8), Constant([2], np.uint8))
    for operator in ["Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Reciprocal", "Exp"]:
        cases.add(operator, floats(2.5, -3.5, 0.7, 1.5))
    for operator in ["Sqrt", "Log"]:
        cases.add(operator, floats(2.5, 0.7, 1))
    for operator in ["Neg", "Abs", "Sign"]:
        cases.add(operator, ints(5, -6, 0))
    truths = Constant([True, False, True], bool), Constant([True, True, False], bool)
    for operator in ["And", "Or", "Xor", "Equal"]:
        cases.add(operator, *truths)
    cases.add("Not", truths[0])
    cases.add("Where", Constant([[True], [False]], bool), ints(1, 2, 3), Constant(9))
    cases.add("Clip", ints(-5, 3, 9), Constant(0), Constant(5))
    cases.add("Clip", floats(-5, 3, 9), None, Constant(5, np.float32))


def conversions(cases):
    cases.add("Cast", floats(1.9, -1.9, 0), to=TensorProto.INT64)
    cases.add("Cast", floats(0.5, 0, -2), to=TensorProto.BOOL)
    cases.add("Cast", ints(2**53 + 1, 3), to=TensorProto.DOUBLE)
    cases.add("Cast", ints(300, -1), to=TensorProto.UINT8)
    cases.add("Cast", ints(2**40 + 7), to=TensorProto.INT32)
    cases.add("Cast", floats(1.0009765625, 70000, 6e-8, 0.1), to=TensorProto.FLOAT16)
    cases.add("Cast", Constant([True, False], bool), to=TensorProto.INT64)
    cases.add("CastLike", ints(3, 4), floats(0))


def movements(cases):
    x = Constant(np.arange(24).reshape(2, 3, 4))
    cases.add("Shape", x)
    cases.add("Shape", x, start=1)
    cases.add("Shape", x, start=-2, end=-1)
    cases.add("Size", x)
    cases.add("Reshape", x, ints(4, -1))
    cases.add("Flatten", x, axis=2)
    cases.add("Transpose", x)
    cases.add("Transpose", x, perm=[1, 2, 0])
    cases.add("Squeeze", Constant([[5]]))
    cases.add("Unsqueeze", Constant(5), ints(0))
    cases.add("Expand", Constant([[1], [2]]), ints(2, 1, 3))
    cases.add("Tile", Constant([[1, 2], [3, 4]]), ints(2, 3))
    cases.add("Concat", x, Constant(np.arange(8).reshape(2, 1, 4)), axis=1)
    cases.add("Concat", ints(1), ints(2, 3), ints(), axis=0)
    cases.add("Split", x, ints(1, 2), axis=1, outputs=2)
    cases.add("Split", ints(1, 2, 3, 4, 5), num_outputs=2, outputs=2)
    cases.add("Slice", x, ints(-1, 0), ints(-9, 3), ints(2, 1), ints(-2, 2))
    cases.add("Slice", ints(1, 3, 224, 224), ints(2), ints(2**63 - 1))
    for mode in ["constant", "reflect", "edge", "wrap"]:
        cases.add("Pad", Constant([[1, 2, 3], [4, 5, 6]]), ints(1, 2, 0, 1), mode=mode)
    cases.add("Pad", ints(1, 2, 3), ints(-1, 2), Constant(9))
    cases.add("Gather", x, Constant([[2, -1], [0, 0]]), axis=1)
    cases.add("Gather", ints(1, 3, 224, 224), Constant(-1))
    cases.add("GatherElements", Constant([[1, 2], [3, 4]]), Constant([[0, 0], [1, -2]]), axis=1)
    cases.add("GatherND", x, Constant([[0, 1], [1, 2]]))
    cases.add("GatherND", x, Constant([[1], [2]]), batch_dims=1)
    cases.add("ScatterElements", Constant(np.zeros((3, 2))), Constant([[1, 0], [2, -1]]),
              Constant([[1, 2], [3, 4]]), axis=0)
    cases.add("ScatterND", ints(1, 2, 3, 4), Constant([[1], [-1]]), ints(7, 8))
    cases.add("ScatterND", Constant(np.zeros((3, 2))), Constant([[2]]), Constant([[5, 6]]))
    cases.add("Identity", x)


def accumulations(cases):
    x = Constant(np.arange(1, 13).reshape(3, 4))
    for operator in ["ReduceSum", "ReduceProd", "ReduceMin", "ReduceMax"]:
        cases.add(operator, x, ints(0))
        cases.add(operator, x, ints(-1), keepdims=0)
        cases.add(operator, x)
    cases.add("ReduceMean", Constant([[1, 2], [3, 7]], np.int32), ints(1))
    cases.add("ReduceMean", Constant([[1, 2], [3, 7]], np.float32), ints(0), keepdims=0)
    cases.add("ReduceSum", x, noop_with_empty_axes=1)
    for reverse in [0, 1]:
        for exclusive in [0, 1]:
            cases.add("CumSum", x, Constant(1), reverse=reverse, exclusive=exclusive)
    cases.add("CumSum", floats(0.5, 1, 2), Constant(0))
    y = Constant([[3, 1, 4], [1, 5, 9]])
    cases.add("TopK", y, ints(2), outputs=2)
    cases.add("TopK", y, ints(1), axis=0, largest=0, outputs=2)
    cases.add("TopK", ints(2, 7, 7, 2), ints(3), outputs=2)
    cases.add("NonZero", Constant([[0, 1, 2], [3, 0, 0]]))
    cases.add("OneHot", ints(0, 2, -1, 5), Constant(3), ints(4, 9))
    cases.add("OneHot", Constant([[0, 1]]), Constant(2), floats(0, 1), axis=0)
    cases.add("Range", Constant(2), Constant(11), Constant(3))
    cases.add("Range", Constant(5), Constant(-2), Constant(-2))
    cases.add("Range", Constant(0, np.float32), Constant(1, np.float32), Constant(0.25, np.float32))
    value = numpy_helper.from_array(np.array([7], np.int64))
    cases.add("ConstantOfShape", ints(2, 3), value=value)
    cases.add("ConstantOfShape", ints(2))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    shapes = Cases(keep_values=False)
    for family in [convolutions, transposed_convolutions, poolings, resizings, slicings,
                   reshapings, combinations]:
        family(shapes)
    shapes.write(out / "shapes.json")
    values = Cases(keep_values=True)
    for family in [arithmetic, conversions, movements, accumulations]:
        family(values)
    values.write(out / "values.json")


if __name__ == "__main__":
    main()
