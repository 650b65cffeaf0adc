"""Makes HDF5 files as old versions of Keras wrote them, which no longer run; for the tests.

Configurations, attributes and names of weights follow the code of these versions by hand; weights,
and the references (as keras_layers.py has them), are those of the same network in today's Keras.
"""

import argparse
import json
from pathlib import Path

import keras_layers as peer  # before keras: it chooses the backend
import h5py
import keras
import numpy as np
from keras import layers


def kernel_initializer():
    """What old configurations have besides what matters at inference."""
    return {"class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}}


def conv2d(name, filters, kernel, padding="valid", strides=(1, 1), activation="linear",
           data_format="channels_last", **more):
    return {"name": name, "trainable": True, **more, "filters": filters,
            "kernel_size": list(kernel), "strides": list(strides), "padding": padding,
            "data_format": data_format, "dilation_rate": [1, 1], "activation": activation,
            "use_bias": True, "kernel_initializer": kernel_initializer(),
            "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": None,
            "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
            "bias_constraint": None}


def dense(name, units, activation="linear", **more):
    return {"name": name, "trainable": True, **more, "units": units, "activation": activation,
            "use_bias": True, "kernel_initializer": kernel_initializer(),
            "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": None}


def batch_normalization(name, axis, **more):
    return {"name": name, "trainable": True, **more, "axis": axis, "momentum": 0.99,
            "epsilon": 0.001, "center": True, "scale": True,
            "beta_initializer": {"class_name": "Zeros", "config": {}}}


def depthwise(name, kernel, data_format="channels_last", **more):
    return {"name": name, "trainable": True, **more, "kernel_size": list(kernel),
            "strides": [1, 1], "padding": "same", "data_format": data_format,
            "dilation_rate": [1, 1], "activation": "linear", "use_bias": False,
            "depth_multiplier": 1, "depthwise_initializer": kernel_initializer()}


def node(class_name, config, *inputs, **more):
    """A layer of a functional model; each call is a name, or a list of names."""
    calls = []
    for call in inputs:
        names = call if isinstance(call, list) else [call]
        calls.append([[n, 0, 0, {}] if isinstance(n, str) else [*n, {}] for n in names])
    return {**more, "class_name": class_name, "config": config, "name": config["name"],
            "inbound_nodes": calls}


def write(path, config, version, groups, backend="tensorflow", extra=None):
    """A whole model; groups is [(layer, [(name of weight, array)])], in the order of layers."""
    with h5py.File(path, "w", libver="earliest") as file:
        # Python 2 and early h5py wrote bytes of fixed length.
        file.attrs["keras_version"] = np.bytes_(version)
        file.attrs["backend"] = np.bytes_(backend)
        file.attrs["model_config"] = np.bytes_(json.dumps(config))
        for key, value in (extra or {}).items():
            file.attrs[key] = np.bytes_(value)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([name.encode() for name, _ in groups])
        weights.attrs["keras_version"] = np.bytes_(version)
        weights.attrs["backend"] = np.bytes_(backend)
        for layer, arrays in groups:
            group = weights.create_group(layer)
            # Without weights, NumPy made this an empty array of floating-point numbers.
            group.attrs["weight_names"] = np.array([name.encode() for name, _ in arrays])
            for name, array in arrays:
                group[name] = array


def named(layer, *weights, prefix="", ending=":0"):
    """The weights of a layer under these names."""
    assert len(weights) == len(layer.weights), (layer.name, [w.path for w in layer.weights])
    return [(f"{prefix}{layer.name}/{name}{ending}", weight.numpy())
            for name, weight in zip(weights, layer.weights)]


NORM = ("gamma", "beta", "moving_mean", "moving_variance")
KERNEL = ("kernel", "bias")


def keras_2_1_functional(path):
    """class_name Model, batch_input_shape, padding same, hard_sigmoid of old, alpha."""
    x = inputs = keras.Input((7, 6, 3), name="image")
    conv = layers.Conv2D(4, (3, 2), padding="same", strides=2, name="conv")
    norm = layers.BatchNormalization(name="norm")
    gate = layers.Dense(4, activation=lambda v: keras.ops.clip(0.2 * v + 0.5, 0, 1), name="gate")
    last = layers.Dense(3, activation="softmax", name="classes")
    x = norm(conv(x))
    leaky = layers.LeakyReLU(negative_slope=0.25, name="leaky")(x)
    relu = layers.ReLU(max_value=1.0, name="relu")(x)
    x = layers.Add(name="sum")([leaky, relu])
    x = layers.Multiply(name="gated")([x, gate(x)])
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(inputs, last(x))
    yield model
    config = {"class_name": "Model", "config": {
        "name": "model_1",
        "layers": [
            node("InputLayer", {"batch_input_shape": [None, 7, 6, 3], "dtype": "float32",
                                "sparse": False, "name": "image"}),
            node("Conv2D", conv2d("conv", 4, (3, 2), "same", (2, 2)), "image"),
            node("BatchNormalization", batch_normalization("norm", -1), "conv"),
            node("LeakyReLU", {"name": "leaky", "trainable": True, "alpha": 0.25}, "norm"),
            node("ReLU", {"name": "relu", "trainable": True, "max_value": 1.0}, "norm"),
            node("Add", {"name": "sum", "trainable": True}, ["leaky", "relu"]),
            node("Dense", dense("gate", 4, "hard_sigmoid"), "sum"),
            node("Multiply", {"name": "gated", "trainable": True}, ["sum", "gate"]),
            node("GlobalAveragePooling2D", {"name": "pool", "trainable": True,
                                            "data_format": "channels_last"}, "gated"),
            node("Dense", dense("classes", 3, "softmax"), "pool"),
        ],
        "input_layers": [["image", 0, 0]],
        "output_layers": [["classes", 0, 0]],
    }}
    write(path, config, "2.1.6", [
        ("image", []), ("conv", named(conv, *KERNEL)), ("norm", named(norm, *NORM)),
        ("leaky", []), ("relu", []), ("sum", []), ("gate", named(gate, *KERNEL)), ("gated", []),
        ("pool", []), ("classes", named(last, *KERNEL))])


def keras_2_0_theano(path):
    """A Sequential whose configuration is a plain list; channels first, kernels upside down."""
    conv = layers.Conv2D(4, (3, 2), activation="tanh", name="conv2d_1")
    deep = layers.DepthwiseConv2D((3, 3), padding="same", use_bias=False, name="depthwise_1")
    back = layers.Conv2DTranspose(2, (2, 3), strides=2, name="transpose_1")
    last = layers.Dense(3, name="dense_1")
    inputs = keras.Input((2, 6, 5), name="conv2d_1_input")
    # TensorFlow on processors has channels last only.
    x = layers.Permute((2, 3, 1))(inputs)
    x1 = conv(x)
    x2 = deep(x1)
    x3 = back(x2)
    x4 = layers.Flatten(name="flatten_1")(layers.Permute((3, 1, 2))(x3))
    model = keras.Model(inputs, last(x4))
    own = [layers.Permute((3, 1, 2), name=f"{name}_first")(t) for name, t in
           [("conv2d_1", x1), ("depthwise_1", x2), ("transpose_1", x3)]]
    yield keras.Model(inputs, [model.output, *own, x4])
    first = {"data_format": "channels_first"}
    transposed = {**conv2d("transpose_1", 2, (2, 3), strides=(2, 2), **first)}
    config = {"class_name": "Sequential", "config": [
        {"class_name": "Conv2D", "config": conv2d(
            "conv2d_1", 4, (3, 2), activation="tanh", batch_input_shape=[None, 2, 6, 5],
            dtype="float32", **first)},
        {"class_name": "DepthwiseConv2D", "config": depthwise("depthwise_1", (3, 3), **first)},
        {"class_name": "Conv2DTranspose", "config": transposed},
        {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
        {"class_name": "Dense", "config": dense("dense_1", 3)},
    ]}
    groups = [("conv2d_1", named(conv, *KERNEL, ending="")),
              ("depthwise_1", named(deep, "depthwise_kernel", ending="")),
              ("transpose_1", named(back, *KERNEL, ending="")), ("flatten_1", []),
              ("dense_1", named(last, *KERNEL, ending=""))]
    for layer in (0, 2):
        name, kernel = groups[layer][1][0]
        groups[layer][1][0] = (name, kernel[::-1, ::-1])
    write(path, config, "2.0.9", groups, backend="theano")
    # Of the reference, what has the old model's layers.
    with h5py.File(path.with_suffix(".reference.h5"), "r+") as file:
        outputs = file["layers"]
        for name, _ in groups:
            if f"{name}_first" in outputs:
                del outputs[name]
                outputs.move(f"{name}_first", name)
        file.attrs["layers"] = [name for name, _ in groups]
        file.attrs["kinds"] = [layer["class_name"] for layer in config["config"]]


def keras_2_3_nested(path):
    """Models within a model, one called twice: its weights stand together, trained ones first."""
    one = layers.Conv2D(3, (3, 3), padding="same", name="conv2d_1")
    norm = layers.BatchNormalization(name="batch_normalization_1")
    two = layers.Conv2D(3, (1, 1), name="conv2d_2")
    block = keras.Sequential(
        [keras.Input((5, 4, 3)), one, norm, layers.ReLU(name="re_lu_1"), two], name="sequential_1")
    left = keras.Input((5, 4, 3), name="input_1")
    right = keras.Input((5, 4, 3), name="input_2")
    both = layers.Subtract(name="subtract_1")([block(left), block(right)])
    flat = layers.Flatten(name="flatten_1")(both)
    last = layers.Dense(2, activation="elu", name="dense_1")
    yield keras.Model([left, right], last(flat))
    inner = {"name": "sequential_1", "layers": [
        {"class_name": "Conv2D", "config": conv2d(
            "conv2d_1", 3, (3, 3), "same", batch_input_shape=[None, 5, 4, 3], dtype="float32")},
        {"class_name": "BatchNormalization", "config": batch_normalization(
            "batch_normalization_1", -1)},
        {"class_name": "ReLU", "config": {
            "name": "re_lu_1", "trainable": True, "max_value": None, "negative_slope": 0.0,
            "threshold": 0.0}},
        {"class_name": "Conv2D", "config": conv2d("conv2d_2", 3, (1, 1))},
    ], "build_input_shape": [None, 5, 4, 3]}
    given = {"batch_input_shape": [None, 5, 4, 3], "dtype": "float32", "sparse": False}
    config = {"class_name": "Model", "config": {
        "name": "model_1",
        "layers": [
            node("InputLayer", {**given, "name": "input_1"}),
            node("InputLayer", {**given, "name": "input_2"}),
            # Node 0 of a nested model was the call that it was built with.
            node("Sequential", inner, [("input_1", 0, 0)], [("input_2", 0, 0)]),
            node("Subtract", {"name": "subtract_1", "trainable": True, "dtype": "float32"},
                 [("sequential_1", 1, 0), ("sequential_1", 2, 0)]),
            node("Flatten", {"name": "flatten_1", "trainable": True,
                             "data_format": "channels_last"}, "subtract_1"),
            node("Dense", dense("dense_1", 2, "elu"), "flatten_1"),
        ],
        "input_layers": [["input_1", 0, 0], ["input_2", 0, 0]],
        "output_layers": [["dense_1", 0, 0]],
    }}
    moving = named(norm, *NORM)
    trained = [*named(one, *KERNEL), *moving[:2], *named(two, *KERNEL)]
    write(path, config, "2.3.1", [
        ("input_1", []), ("input_2", []), ("sequential_1", [*trained, *moving[2:]]),
        ("subtract_1", []), ("flatten_1", []), ("dense_1", named(last, *KERNEL))])


def tensorflow_2_4_functional(path):
    """class_name Functional, lists as axes, weights under the model's name, chunked names."""
    inputs = keras.Input((6, 6, 3), name="input_1")
    pad = layers.ZeroPadding2D(((0, 1), (0, 1)), name="pad")
    conv = layers.Conv2D(4, (3, 3), strides=2, use_bias=False, name="conv1")
    norm = layers.BatchNormalization(name="conv1_bn")
    deep = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="dw")
    last = layers.Dense(3, name="preds")
    x = layers.ReLU(6.0, name="conv1_relu")(norm(conv(pad(inputs))))
    y = layers.Activation("swish", name="swish")(deep(x))
    z = layers.Concatenate(name="joined")([x, y])
    z = layers.Flatten(name="flat")(layers.MaxPooling2D(2, name="pool")(z))
    yield keras.Model(inputs, last(layers.Dropout(0.5, name="drop")(z)))
    plain = {"trainable": True, "dtype": "float32"}
    stem = conv2d("conv1", 4, (3, 3), strides=(2, 2), dtype="float32")
    stem["use_bias"] = False
    stem["groups"] = 1
    config = {"class_name": "Functional", "config": {
        "name": "model",
        "layers": [
            node("InputLayer", {"batch_input_shape": [None, 6, 6, 3], "dtype": "float32",
                                "sparse": False, "ragged": False, "name": "input_1"}),
            node("ZeroPadding2D", {"name": "pad", **plain, "padding": [[0, 1], [0, 1]],
                                   "data_format": "channels_last"}, "input_1"),
            node("Conv2D", stem, "pad"),
            node("BatchNormalization", batch_normalization("conv1_bn", [3], dtype="float32"),
                 "conv1"),
            node("ReLU", {"name": "conv1_relu", **plain, "max_value": 6.0,
                          "negative_slope": 0.0, "threshold": 0.0}, "conv1_bn"),
            node("DepthwiseConv2D", depthwise("dw", (3, 3), dtype="float32"), "conv1_relu"),
            node("Activation", {"name": "swish", **plain, "activation": "swish"}, "dw"),
            node("Concatenate", {"name": "joined", **plain, "axis": -1}, ["conv1_relu", "swish"]),
            node("MaxPooling2D", {"name": "pool", **plain, "pool_size": [2, 2],
                                  "padding": "valid", "strides": [2, 2],
                                  "data_format": "channels_last"}, "joined"),
            node("Flatten", {"name": "flat", **plain, "data_format": "channels_last"}, "pool"),
            node("Dropout", {"name": "drop", **plain, "rate": 0.5, "noise_shape": None,
                             "seed": None}, "flat"),
            node("Dense", dense("preds", 3, dtype="float32"), "drop"),
        ],
        "input_layers": [["input_1", 0, 0]],
        "output_layers": [["preds", 0, 0]],
    }}
    with_weights = {"conv1": named(conv, "kernel"), "conv1_bn": named(norm, *NORM),
                    "dw": named(deep, "depthwise_kernel"), "preds": named(last, *KERNEL)}
    names = [layer["name"] for layer in config["config"]["layers"]]
    write(path, config, "2.4.0", [(name, with_weights.get(name, [])) for name in names],
          extra={"training_config": "{}"})
    # Names that do not fit into one attribute went into several.
    with h5py.File(path, "r+") as file:
        attributes = file["model_weights"].attrs
        listed = attributes["layer_names"]
        del attributes["layer_names"]
        attributes["layer_names0"] = listed[:7]
        attributes["layer_names1"] = listed[7:]


def tensorflow_2_15_sequential(path):
    """Serialized objects with modules and registered names, as Keras 3 has them, in old nodes."""
    inputs = keras.Input((8, 3), name="conv1d_input")
    conv = layers.Conv1D(4, 3, padding="causal", activation="gelu", name="conv1d")
    norm = layers.LayerNormalization(name="layer_normalization")
    last = layers.Dense(2, activation="sigmoid", name="dense")
    pool = layers.GlobalMaxPooling1D(name="global_max_pooling1d")
    yield keras.Sequential([inputs, conv, norm, pool, last])

    def layer(class_name, config, shape):
        return {"module": "keras.layers", "class_name": class_name, "config": config,
                "registered_name": None, "build_config": {"input_shape": shape}}

    plain = {"trainable": True, "dtype": "float32"}
    signal = {"name": "conv1d", **plain, "batch_input_shape": [None, 8, 3], "filters": 4,
              "kernel_size": [3], "strides": [1], "padding": "causal",
              "data_format": "channels_last", "dilation_rate": [1], "groups": 1,
              "activation": "gelu", "use_bias": True}
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {
            "batch_input_shape": [None, 8, 3], "dtype": "float32", "sparse": False,
            "ragged": False, "name": "conv1d_input"}, "registered_name": None},
        layer("Conv1D", signal, [None, 8, 3]),
        layer("LayerNormalization", {
            "name": "layer_normalization", **plain, "axis": [2], "epsilon": 0.001, "center": True,
            "scale": True}, [None, 8, 4]),
        layer("GlobalMaxPooling1D", {"name": "global_max_pooling1d", **plain,
                                     "data_format": "channels_last", "keepdims": False}, None),
        layer("Dense", dense("dense", 2, "sigmoid", dtype="float32"), [None, 4]),
    ]}}
    write(path, config, "2.15.0", [
        ("conv1d", named(conv, *KERNEL)), ("layer_normalization", named(norm, "gamma", "beta")),
        ("global_max_pooling1d", []), ("dense", named(last, *KERNEL))])


DIALECTS = [
    keras_2_0_theano, keras_2_1_functional, keras_2_3_nested, tensorflow_2_4_functional,
    tensorflow_2_15_sequential,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for dialect in DIALECTS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        random = np.random.default_rng(11)
        name = dialect.__name__
        steps = dialect(folder / f"{name}.h5")
        model = next(steps)
        peer.randomize(model, random)
        peer.reference(model, folder / f"{name}.reference.h5", random, peer.given(model, random))
        next(steps, None)
        print(name, flush=True)


if __name__ == "__main__":
    main()
