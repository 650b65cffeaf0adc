"""Writes what the specifications say of operators' inputs, outputs and attributes, as a table.

    python operator_schemas.py OUT

OUT is `operator_schemas.tsv` of testkit's resources, which DeclaredCasesTest reads. The standard
domains are as the installed `onnx` package has them, up to the operator set that the project's ONNX
Runtime implements; of `com.microsoft` those are there for which the installed `onnxruntime` has a
kernel on the processor.

Lines of an operator start with `operator`, and columns are separated by tabs:

    operator   domain.name  since
    input      name         required|optional|variadic  types  values
    output     name         required|optional|variadic  types
    attribute  name         kind                        default  values

Types are `floating` where float32 is among them, else all of them. Values are those that the
specification enumerates, separated by `|`; `+-` says that numbers count from both ends.
"""

import argparse
import pathlib
import re

import onnx
import onnx.defs
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

NEWEST = 26  # the standard operator set that the runtime implements

# Operators that the runtime adds to the standard domain.
INTERNAL = {"SimplifiedLayerNormalization"}

PADDINGS = "NOTSET SAME_UPPER SAME_LOWER VALID"
DIRECTIONS = "forward reverse bidirectional"
ACTIVATIONS = (
    "Relu Tanh Sigmoid Affine LeakyRelu ThresholdedRelu ScaledTanh HardSigmoid Elu Softsign Softplus"
)
REDUCTIONS = "none add mul max min"
LOSSES = "none sum mean"

# What the prose of the specifications enumerates; each word must stand there.
ENUMERATED = {
    ("Attention", "qk_matmul_output_mode"): "0 1 2 3",
    ("AveragePool", "auto_pad"): PADDINGS,
    ("BitShift", "direction"): "LEFT RIGHT",
    ("Conv", "auto_pad"): PADDINGS,
    ("ConvInteger", "auto_pad"): PADDINGS,
    ("ConvTranspose", "auto_pad"): PADDINGS,
    ("DepthToSpace", "mode"): "DCR CRD",
    ("GRU", "activations"): ACTIVATIONS,
    ("GRU", "direction"): DIRECTIONS,
    ("Gelu", "approximate"): "none tanh",
    ("GridSample", "mode"): "linear nearest cubic",
    ("GridSample", "padding_mode"): "zeros border reflection",
    ("ImageDecoder", "pixel_format"): "RGB BGR Grayscale",
    ("LSTM", "activations"): ACTIVATIONS,
    ("LSTM", "direction"): DIRECTIONS,
    ("LpNormalization", "p"): "1 2",
    ("LpPool", "auto_pad"): PADDINGS,
    ("MaxPool", "auto_pad"): PADDINGS,
    ("NegativeLogLikelihoodLoss", "reduction"): LOSSES,
    ("Normalizer", "norm"): "MAX L1 L2",
    ("Pad", "mode"): "constant reflect edge wrap",
    ("QLinearConv", "auto_pad"): PADDINGS,
    ("RNN", "activations"): ACTIVATIONS,
    ("RNN", "direction"): DIRECTIONS,
    ("Resize", "coordinate_transformation_mode"): "half_pixel half_pixel_symmetric"
    " pytorch_half_pixel align_corners asymmetric tf_crop_and_resize",
    ("Resize", "keep_aspect_ratio_policy"): "stretch not_larger not_smaller",
    ("Resize", "mode"): "nearest linear cubic",
    ("Resize", "nearest_mode"): "round_prefer_floor round_prefer_ceil floor ceil",
    ("RoiAlign", "coordinate_transformation_mode"): "half_pixel output_half_pixel",
    ("RoiAlign", "mode"): "avg max",
    ("ScatterElements", "reduction"): REDUCTIONS,
    ("ScatterND", "reduction"): REDUCTIONS,
    ("SoftmaxCrossEntropyLoss", "reduction"): LOSSES,
    ("TensorScatter", "mode"): "linear circular",
    ("TfIdfVectorizer", "mode"): "TF IDF TFIDF",
}

# How the specifications say that numbers count from both ends.
FROM_THE_END = re.compile(
    r"negative value means|\[-r|\[-s, s-1\]|\(if negative\)", re.IGNORECASE
)

# Where they say it in the text of the operator or in an example.
FROM_THE_END_ELSEWHERE = {
    ("OneHot", "indices"),
    ("Slice", "starts"),
    ("Slice", "ends"),
    ("Trilu", "k"),
}


def default(attribute):
    """The default as text, lists separated by commas; nothing where there is none."""
    stored = getattr(attribute, "_default_value", None)
    if stored is None:
        proto = attribute.default_value
    else:
        proto = onnx.AttributeProto.FromString(stored)
    if not proto.name:
        return ""
    value = onnx.helper.get_attribute_value(proto)
    values = value if isinstance(value, (list, tuple)) else [value]
    return ",".join(
        each.decode() if isinstance(each, bytes) else f"{each:.7g}" if isinstance(each, float) else str(each)
        for each in values
    )


def values(schema, parameter):
    key = (schema.name, parameter.name)
    if key in ENUMERATED and schema.domain != "com.microsoft":
        words = ENUMERATED[key].split()
        missing = [word for word in words if word not in parameter.description + schema.doc]
        if missing:
            raise SystemExit(f"The specification of {schema.name} does not speak of {missing}")
        return "|".join(words)
    counts = FROM_THE_END.search(parameter.description) or key in FROM_THE_END_ELSEWHERE
    return "+-" if counts else ""


def types(schema, parameter):
    text = getattr(parameter, "type_str", None) or parameter.typeStr
    allowed = [text]
    for constraint in schema.type_constraints:
        if constraint.type_param_str == text:
            allowed = constraint.allowed_type_strs
    names = sorted(re.sub(r"^tensor\((.*)\)$", r"\1", name) for name in allowed)
    return "floating" if "float" in names else ",".join(names)


def presence(parameter):
    return {"Single": "required"}.get(parameter.option.name, parameter.option.name.lower())


def lines(schema):
    domain = schema.domain + "." if schema.domain else ""
    yield "operator", domain + schema.name, str(schema.since_version)
    for parameter in schema.inputs:
        yield "input", parameter.name, presence(parameter), types(schema, parameter), values(
            schema, parameter
        )
    for parameter in schema.outputs:
        yield "output", parameter.name, presence(parameter), types(schema, parameter)
    for name in sorted(schema.attributes):
        attribute = schema.attributes[name]
        kind = "REQUIRED" if attribute.required else default(attribute)
        yield "attribute", name, attribute.type.name, kind, values(schema, attribute)


def newest(schemas):
    """The newest form of each operator that is not deprecated."""
    found = {}
    for schema in schemas:
        if schema.domain == "" and schema.since_version > NEWEST:
            continue
        key = (schema.domain, schema.name)
        if key not in found or found[key].since_version < schema.since_version:
            found[key] = schema
    return [found[key] for key in sorted(found) if not found[key].deprecated]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    standard = [
        schema
        for schema in onnx.defs.get_all_schemas_with_history()
        if schema.domain in ("", "ai.onnx.ml")
    ]
    kernels = {
        (kernel.domain, kernel.op_name)
        for kernel in runtime.get_all_opkernel_def()
        if kernel.provider == "CPUExecutionProvider"
    }
    contributed = [
        schema
        for schema in runtime.get_all_operator_schema()
        if (schema.domain == "com.microsoft" or schema.name in INTERNAL)
        and (schema.domain, schema.name) in kernels
    ]
    table = ["# Operators as their specifications have them; made by benchmark/peers/operator_schemas.py"]
    for schema in newest(standard) + newest(contributed):
        table += ["\t".join(line).rstrip() for line in lines(schema)]
    arguments.out.write_text("\n".join(table) + "\n")
    print(f"{len(table)} lines")


if __name__ == "__main__":
    main()
