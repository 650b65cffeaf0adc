"""Makes the small Keras models that `mvn verify` compares with.

Writes per model NAME.keras, NAME.h5 for some, and NAME.reference.h5 with what Keras on
TensorFlow computes:

    inputs/LAYER        what each input layer is given
    layers/LAYER        what each layer of model.layers gives ("/" in names as "|"), in order
    cotangent           random numbers of the shape of the first output
    gradients/LAYER     gradient of sum(cotangent * first output) at each floating-point input
    noise               how far that moves when inputs are perturbed by 1e-6, relatively

To add layers, add a function to MODELS (or a case in one of its families).
"""

import argparse
import json
import os
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import h5py
import keras
import numpy as np
import tensorflow as tf
from keras import layers

BATCH = 2
PERTURBATION = 1e-6
PERTURBATIONS = 3


def chain(shape, *members, name="model"):
    """A functional model that is a chain of layers."""
    x = inputs = keras.Input(shape, name="given")
    for member in members:
        x = member(x)
    return keras.Model(inputs, x, name=name)


def branches(shape, *members, name="model"):
    """A functional model with each layer applied to the same input, joined as one vector."""
    inputs = keras.Input(shape, name="given")
    parts = [layers.Flatten(name=f"flat_{i}")(m(inputs)) for i, m in enumerate(members)]
    outputs = layers.Concatenate(name="joined")(parts) if len(parts) > 1 else parts[0]
    return keras.Model(inputs, outputs, name=name)


def activations():
    """Every function of keras.activations, by name, and the layers that are activations."""
    names = [
        "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "softmax", "log_softmax", "softplus",
        "softsign", "tanh", "hard_tanh", "tanh_shrink", "sigmoid", "log_sigmoid", "hard_sigmoid",
        "sparse_sigmoid", "exponential", "gelu", "silu", "hard_silu", "mish", "hard_shrink",
        "soft_shrink", "squareplus", "sparse_plus", "glu", "linear",
    ]
    return branches((4, 6), *[layers.Activation(n, name=f"a_{n}") for n in names])


def activation_layers():
    return branches(
        (3, 4, 6),
        layers.ReLU(name="plain"),
        layers.ReLU(max_value=1.0, name="bounded"),
        layers.ReLU(negative_slope=0.1, name="leaking"),
        layers.ReLU(max_value=1.5, negative_slope=0.2, threshold=0.3, name="bent"),
        layers.LeakyReLU(name="leaky"),
        layers.LeakyReLU(negative_slope=0.05, name="less_leaky"),
        layers.PReLU(alpha_initializer="random_normal", name="parametric"),
        layers.PReLU(alpha_initializer="random_normal", shared_axes=[1, 2], name="shared"),
        layers.ELU(alpha=0.7, name="elu"),
        layers.Softmax(name="softmax"),
        layers.Softmax(axis=1, name="softmax_rows"),
        layers.Softmax(axis=[1, 2], name="softmax_positions"),
        layers.Dense(5, activation=layers.LeakyReLU(negative_slope=0.4), name="layer_as_argument"),
    )


def convolutions_1d():
    return branches(
        (11, 4),
        layers.Conv1D(3, 3, name="valid"),
        layers.Conv1D(3, 4, padding="same", strides=2, name="same"),
        layers.Conv1D(3, 3, padding="causal", dilation_rate=2, name="causal"),
        layers.Conv1D(4, 3, groups=2, activation="tanh", name="groups"),
        layers.Conv1DTranspose(3, 3, strides=2, name="transposed"),
        layers.Conv1DTranspose(3, 4, strides=2, padding="same", name="transposed_same"),
        layers.DepthwiseConv1D(3, depth_multiplier=2, name="depthwise"),
        layers.SeparableConv1D(5, 3, padding="same", depth_multiplier=2, name="separable"),
    )


def convolutions_2d():
    return branches(
        (9, 8, 4),
        layers.Conv2D(3, 3, name="valid"),
        layers.Conv2D(3, (4, 3), padding="same", strides=2, use_bias=False, name="same"),
        layers.Conv2D(3, 3, padding="same", dilation_rate=(2, 1), name="dilated"),
        layers.Conv2D(6, 3, groups=2, activation="softplus", name="groups"),
        layers.Conv2DTranspose(3, 3, strides=2, name="transposed"),
        layers.Conv2DTranspose(3, 4, strides=2, padding="same", name="transposed_same"),
        layers.Conv2DTranspose(3, 2, strides=3, padding="same", name="transposed_wide"),
        layers.Conv2DTranspose(
            3, 3, strides=2, padding="same", output_padding=1, name="transposed_padded"),
        layers.DepthwiseConv2D(3, strides=2, padding="same", name="depthwise"),
        layers.DepthwiseConv2D((2, 3), depth_multiplier=3, activation="tanh", name="multiplied"),
        layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="elu", name="separable"),
    )


def convolutions_3d():
    return branches(
        (5, 6, 4, 2),
        layers.Conv3D(3, (2, 3, 2), name="valid"),
        layers.Conv3D(3, 3, padding="same", strides=2, name="same"),
        layers.Conv3DTranspose(2, 3, strides=2, padding="same", name="transposed"),
    )


def poolings():
    return branches(
        (9, 8, 3),
        layers.MaxPooling2D(name="max"),
        layers.MaxPooling2D((3, 2), strides=2, padding="same", name="max_same"),
        layers.AveragePooling2D((2, 3), name="average"),
        layers.AveragePooling2D(3, strides=2, padding="same", name="average_same"),
        layers.GlobalMaxPooling2D(name="global_max"),
        layers.GlobalAveragePooling2D(keepdims=True, name="global_average"),
    )


def poolings_1d_3d():
    signal = keras.Input((11, 3), name="signal")
    volume = keras.Input((5, 6, 4, 2), name="volume")
    parts = [
        layers.MaxPooling1D(3, strides=2, name="max_1d")(signal),
        layers.AveragePooling1D(2, padding="same", name="average_1d")(signal),
        layers.GlobalAveragePooling1D(name="global_average_1d")(signal),
        layers.GlobalMaxPooling1D(name="global_max_1d")(signal),
        layers.MaxPooling3D(2, name="max_3d")(volume),
        layers.AveragePooling3D(3, strides=2, padding="same", name="average_3d")(volume),
        layers.GlobalAveragePooling3D(name="global_average_3d")(volume),
        layers.GlobalMaxPooling3D(name="global_max_3d")(volume),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([signal, volume], layers.Concatenate(name="joined")(flat))


def normalizations():
    return branches(
        (5, 4, 6),
        layers.BatchNormalization(name="batch"),
        layers.BatchNormalization(axis=1, scale=False, epsilon=0.01, name="batch_rows"),
        layers.LayerNormalization(name="layer"),
        layers.LayerNormalization(axis=[1, 2], name="layer_positions"),
        layers.LayerNormalization(axis=[2, 3], center=False, name="layer_last_two"),
        layers.LayerNormalization(scale=False, center=False, epsilon=0.1, name="layer_plain"),
    )


def normalizations_more():
    return branches(
        (5, 4, 6),
        layers.GroupNormalization(groups=3, name="group"),
        layers.GroupNormalization(
            groups=2, axis=2, scale=False, epsilon=0.01, name="group_columns"),
        layers.GroupNormalization(groups=-1, center=False, name="instance"),
        layers.UnitNormalization(name="unit"),
        layers.UnitNormalization(axis=[1, 3], name="unit_axes"),
        layers.RMSNormalization(name="rms"),
        layers.RMSNormalization(axis=[2, 3], epsilon=0.1, name="rms_positions"),
        layers.LayerNormalization(rms_scaling=True, name="variance_scaling"),
        layers.SpectralNormalization(layers.Conv2D(2, 3, name="convolved"), name="spectral"),
    )


def image_sizes():
    return branches(
        (7, 9, 3),
        layers.UpSampling2D((2, 3), interpolation="bicubic", name="bicubic"),
        layers.UpSampling2D(2, interpolation="lanczos3", name="lanczos3"),
        layers.UpSampling2D(3, interpolation="lanczos5", name="lanczos5"),
        *[layers.Resizing(10, 6, interpolation=kind, name=f"resized_{kind}")
          for kind in ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]],
        layers.Resizing(4, 5, antialias=True, name="antialiased"),
        layers.Resizing(4, 5, interpolation="bicubic", antialias=True, name="antialiased_bicubic"),
        layers.Resizing(3, 3, interpolation="lanczos3", antialias=True, name="antialiased_lanczos"),
        layers.Resizing(5, 5, crop_to_aspect_ratio=True, name="cropped"),
        layers.Resizing(6, 5, pad_to_aspect_ratio=True, fill_value=0.7, name="padded"),
        layers.CenterCrop(4, 6, name="center"),
        layers.CenterCrop(8, 6, name="center_enlarged"),
    )


def adaptive_poolings():
    signal = keras.Input((11, 3), name="signal")
    picture = keras.Input((7, 8, 2), name="picture")
    volume = keras.Input((5, 4, 3, 2), name="volume")
    parts = [
        layers.AdaptiveAveragePooling1D(4, name="average_1d")(signal),
        layers.AdaptiveMaxPooling1D(5, name="max_1d")(signal),
        layers.AdaptiveAveragePooling2D((3, 5), name="average_2d")(picture),
        layers.AdaptiveMaxPooling2D((5, 4), name="max_2d")(picture),
        layers.AdaptiveAveragePooling3D((2, 3, 1), name="average_3d")(volume),
        layers.AdaptiveMaxPooling3D(2, name="max_3d")(volume),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([signal, picture, volume], layers.Concatenate(name="joined")(flat))


def products():
    a = keras.Input((4, 3), name="a")
    b = keras.Input((3, 5), name="b")
    c = keras.Input((3,), name="c")
    d = keras.Input((2, 3, 4), name="d")
    parts = [
        layers.Dot(axes=(2, 1), name="dot")([a, b]),
        layers.Dot(axes=(2, 1), normalize=True, name="cosines")([a, b]),
        layers.Dot(axes=-1, name="vector")([a, c]),
        layers.Dot(axes=1, name="scalar")([c, c]),
        layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d", name="projected")(a),
        layers.EinsumDense(
            "...x,xy->...y", 5, bias_axes="y", activation="tanh", name="elided")(d),
        layers.EinsumDense("ab...,bcd->acd...", (2, 6), bias_axes="c", name="elided_end")(d),
        layers.EinsumDense("abcd,bde->ace", (None, 3), name="heads")(d),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([a, b, c, d], layers.Concatenate(name="joined")(flat))


def encodings():
    x = keras.Input((4,), name="x")
    words = keras.Input((4,), dtype="int32", name="words")
    parts = [
        layers.Embedding(6, 3, name="embedding")(words),
        layers.Dense(2, name="dense")(x),
        layers.Discretization([-1.0, 0.0, 1.5], output_mode="one_hot", name="bins_one_hot")(x),
        layers.Discretization([-1.0, 0.0, 1.5], output_mode="multi_hot", name="bins_many")(x),
        layers.Discretization([-1.0, 0.0, 1.5], output_mode="count", name="bins_count")(x),
        layers.CategoryEncoding(5, output_mode="multi_hot", name="many")(words),
        layers.CategoryEncoding(5, output_mode="one_hot", name="one")(words),
        layers.CategoryEncoding(5, output_mode="count", name="count")(words),
        layers.Embedding(4, 2, name="of_bins")(layers.Discretization([0, 0.5, 1], name="bins")(x)),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([x, words], layers.Concatenate(name="joined")(flat))


def grouped_attentions():
    query = keras.Input((5, 6), name="query")
    value = keras.Input((4, 6), name="value")
    parts = [
        layers.GroupQueryAttention(3, 4, 2, name="groups")(query, value),
        layers.GroupQueryAttention(3, 4, 2, use_gate=True, name="groups_causal")(
            query, query, use_causal_mask=True),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([query, value], layers.Concatenate(name="joined")(flat))


def masked_recurrences():
    """Time steps that do not count, of embeddings of zero and of Masking."""
    words = keras.Input((6,), dtype="int32", name="words")
    x = keras.Input((4, 3), name="x")
    y = layers.Embedding(6, 3, mask_zero=True, name="embedding")(words)
    above = layers.Masking(mask_value=0.5, name="masking")(
        layers.ReLU(threshold=0.5, name="some")(layers.Maximum(name="bounded")(
            [x, layers.Rescaling(0, 0.5, name="half")(x)])))
    parts = [
        layers.LSTM(3, name="lstm")(layers.Dropout(0.2, name="dropout")(y)),
        layers.GRU(3, return_sequences=True, name="gru")(y),
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(y),
        layers.Bidirectional(layers.GRU(2), name="both_last")(y),
        layers.SimpleRNN(3, return_sequences=True, go_backwards=True, name="simple")(above),
        layers.LSTM(2, name="second")(layers.LSTM(2, return_sequences=True, name="first")(y)),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([words, x], layers.Concatenate(name="joined")(flat))


def masked_sequential():
    return keras.Sequential(
        [
            keras.Input((8, 1)),
            layers.ReLU(name="some"),
            layers.Masking(name="masking"),
            layers.Dropout(0.2, name="dropout"),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both"),
            layers.LayerNormalization(name="norm"),
            layers.GRU(3, name="gru"),
            layers.Dense(2, name="dense"),
        ],
        name="masked",
    )


def recurrences():
    x = keras.Input((5, 4), name="x")
    state = keras.Input((3,), name="state")
    stack = [layers.LSTMCell(3), layers.GRUCell(2), layers.LSTMCell(4)]
    parts = [
        layers.SimpleRNN(3, name="simple")(x),
        layers.SimpleRNN(3, activation="relu", return_sequences=True, go_backwards=True,
                         name="simple_backwards")(x, initial_state=state),
        *layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")(x),
        layers.LSTM(3, activation="softsign", recurrent_activation="hard_sigmoid",
                    use_bias=False, name="lstm_other")(x, initial_state=[state, state]),
        layers.GRU(3, return_sequences=True, name="gru")(x),
        *layers.GRU(3, reset_after=False, return_state=True, name="gru_before")(x),
        layers.GRU(3, use_bias=False, activation="elu", name="gru_plain")(x),
        layers.RNN(layers.GRUCell(3), return_sequences=True, name="of_cell")(x),
        layers.RNN(stack, return_sequences=True, name="of_cells")(x),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([x, state], layers.Concatenate(name="joined")(flat))


def long_recurrences():
    """So many time steps that they are a loop."""
    x = keras.Input((40, 3), name="x")
    state = keras.Input((3,), name="state")
    words = keras.Input((36,), dtype="int32", name="words")
    frames = keras.Input((34, 4, 3, 2), name="frames")
    masked = layers.Embedding(6, 3, mask_zero=True, name="embedding")(words)
    stack = [layers.LSTMCell(3), layers.GRUCell(2)]
    parts = [
        layers.SimpleRNN(3, return_sequences=True, go_backwards=True, name="simple")(
            x, initial_state=state),
        *layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")(x),
        layers.GRU(3, reset_after=False, name="gru_before")(x),
        layers.RNN(stack, return_sequences=True, name="of_cells")(x),
        layers.Bidirectional(layers.GRU(2, return_sequences=True), name="both")(x),
        layers.LSTM(2, name="last")(masked),
        layers.GRU(2, return_sequences=True, name="masked_gru")(masked),
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="masked_both")(masked),
        layers.ConvLSTM2D(2, 2, padding="same", name="frames_lstm")(frames),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([x, state, words, frames], layers.Concatenate(name="joined")(flat))


def recurrences_both_ways():
    x = keras.Input((4, 3), name="x")
    frames = keras.Input((3, 6, 5, 2), name="frames")
    signals = keras.Input((3, 6, 2), name="signals")
    parts = [
        *[layers.Bidirectional(layers.LSTM(2, return_sequences=True), merge_mode=mode,
                               name=f"both_{mode}")(x) for mode in ["concat", "sum", "ave", "mul"]],
        *layers.Bidirectional(layers.GRU(2), merge_mode=None, name="apart")(x),
        *layers.Bidirectional(layers.LSTM(2, return_state=True), name="states")(x),
        layers.Bidirectional(layers.SimpleRNN(2), name="other_backwards", backward_layer=layers.GRU(
            3, go_backwards=True))(x),
        layers.TimeDistributed(layers.Dense(2, activation="tanh"), name="dense")(x),
        layers.TimeDistributed(
            keras.Sequential([keras.Input((6, 5, 2)), layers.Conv2D(2, 3, name="inner"),
                              layers.BatchNormalization(name="norm"),
                              layers.GlobalAveragePooling2D(name="pool")], name="part"),
            name="network")(frames),
        layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True, name="frames_lstm")(frames),
        layers.ConvLSTM2D(2, (2, 3), strides=2, name="frames_valid")(frames),
        layers.ConvLSTM1D(2, 3, dilation_rate=2, go_backwards=True, name="signals_lstm")(signals),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([x, frames, signals], layers.Concatenate(name="joined")(flat))


def attentions():
    query = keras.Input((5, 6), name="query")
    value = keras.Input((4, 6), name="value")
    grid = keras.Input((2, 3, 4), name="grid")
    mask = keras.Input((5, 4), name="mask", dtype="bool")
    scored, scores = layers.MultiHeadAttention(2, 3, name="scored")(
        query, value, return_attention_scores=True)
    parts = [
        layers.MultiHeadAttention(2, 3, name="heads")(query, value),
        layers.MultiHeadAttention(2, 3, value_dim=5, output_shape=7, use_bias=False,
                                  name="causal")(query, query, use_causal_mask=True),
        layers.MultiHeadAttention(3, 2, dropout=0.3, name="masked")(
            query, value, attention_mask=mask),
        layers.MultiHeadAttention(
            2, 3, use_gate=True, sliding_window=2, name="gated")(query, query),
        layers.MultiHeadAttention(2, 3, attention_axes=(1, 2), name="over_grid")(grid, grid),
        layers.MultiHeadAttention(2, 3, attention_axes=2, name="over_columns")(grid, grid),
        scored, scores,
        layers.Attention(name="products")([query, value]),
        layers.Attention(use_scale=True, name="products_causal")(
            [query, value, value], use_causal_mask=True),
        layers.Attention(score_mode="concat", use_scale=True, name="concatenated")([query, value]),
        layers.AdditiveAttention(name="sums")([query, value]),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([query, value, grid, mask], layers.Concatenate(name="joined")(flat))


def operations():
    """Operations of keras.ops between layers."""
    ops = keras.ops
    x = keras.Input((4, 3), name="x")
    y = keras.Input((4, 3), name="y")
    p = layers.Dense(3, activation="softplus", name="positive")(x)
    parts = [
        x + 1, 2 - x, x * y, x / p, 1 / p, p**1.5, -x, ops.maximum(x, 0.1), ops.minimum(x, y),
        ops.where(x > 0.2, x, y), ops.where(ops.logical_and(x > 0, y < 1), x * x, 0.5),
        ops.clip(x, -1, 1.5), ops.matmul(x, ops.transpose(y, (0, 2, 1))),
        ops.einsum("abc,adc->abd", x, y), x @ ops.swapaxes(y, 1, 2),
        ops.multiply(x, ops.convert_to_tensor([1.0, 2.0, 3.0])),
        *[f(x) for f in [
            ops.exp, ops.square, ops.absolute, ops.sin, ops.cos, ops.tanh, ops.erf, ops.relu,
            ops.relu6, ops.sigmoid, ops.silu, ops.gelu, ops.softmax, ops.log_softmax, ops.elu,
            ops.leaky_relu, ops.hard_sigmoid, ops.softplus, ops.expm1, ops.selu]],
        ops.gelu(x, approximate=False), ops.softmax(x, axis=1), ops.celu(x, alpha=0.5),
        *[f(p) for f in [ops.log, ops.sqrt, ops.rsqrt, ops.log1p, ops.reciprocal, ops.log10]],
        ops.mean(x, axis=1), ops.sum(x, axis=-1, keepdims=True), ops.max(x, axis=(1, 2)),
        ops.min(x, axis=1), ops.prod(x, axis=2), ops.var(x, axis=1), ops.std(x, axis=-1),
        ops.logsumexp(x, axis=-1), ops.normalize(x, axis=-1),
        ops.reshape(x, (-1, 12)), ops.reshape(x, (-1, 2, 6)), ops.expand_dims(x, -1),
        ops.squeeze(ops.expand_dims(x, 1), 1), ops.concatenate([x, y], axis=1),
        ops.stack([x, y], axis=-1), ops.split(x, 3, axis=-1)[1], ops.split(x, [1, 3], axis=1)[2],
        ops.unstack(x, axis=1)[2], x[:, 1:3, 0], x[..., None, ::2], x[:, -1], x[:, ::-1, 1:],
        ops.pad(x, [[0, 0], [1, 2], [0, 1]], constant_values=0.5), ops.flip(x, axis=1),
        ops.pad(x, [[0, 0], [1, 2], [1, 1]], mode="reflect"), ops.tile(x, (1, 2, 1)),
        ops.repeat(x, 2, axis=1), ops.cast(x > 0, "float32"), ops.cumsum(x, axis=1),
        ops.take(x, [2, 0], axis=2), ops.max_pool(x, 2), ops.average_pool(x, 3, 1, "same"),
        ops.cast(ops.argmax(x, axis=-1), "float32")[..., None],
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([x, y], layers.Concatenate(name="joined")(flat))


def reshapings():
    return branches(
        (4, 6, 3),
        layers.Reshape((2, -1, 3), name="reshape"),
        layers.Permute((3, 1, 2), name="permute"),
        layers.ZeroPadding2D(((1, 2), (0, 3)), name="pad"),
        layers.ZeroPadding2D(2, name="pad_all"),
        layers.Cropping2D(((1, 0), (2, 1)), name="crop"),
        layers.UpSampling2D((2, 3), name="nearest"),
        layers.UpSampling2D(2, interpolation="bilinear", name="bilinear"),
        layers.UpSampling2D(2, interpolation="bicubic", name="bicubic"),
    )


def reshapings_1d_3d():
    signal = keras.Input((7, 3), name="signal")
    volume = keras.Input((4, 5, 3, 2), name="volume")
    vector = layers.GlobalAveragePooling1D(name="vector")(signal)
    parts = [
        layers.ZeroPadding1D((1, 2), name="pad_1d")(signal),
        layers.Cropping1D((2, 1), name="crop_1d")(signal),
        layers.UpSampling1D(2, name="up_1d")(signal),
        layers.RepeatVector(3, name="repeat")(vector),
        layers.ZeroPadding3D((1, 0, 2), name="pad_3d")(volume),
        layers.Cropping3D(((1, 0), (1, 1), (0, 1)), name="crop_3d")(volume),
        layers.UpSampling3D((1, 2, 2), name="up_3d")(volume),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([signal, volume], layers.Concatenate(name="joined")(flat))


def mergings():
    a = keras.Input((4, 3), name="a")
    b = keras.Input((4, 3), name="b")
    c = layers.Dense(3, name="c")(a)
    parts = [
        layers.Add(name="add")([a, b, c]),
        layers.Subtract(name="subtract")([a, b]),
        layers.Multiply(name="multiply")([a, b, c]),
        layers.Average(name="average")([a, b, c]),
        layers.Maximum(name="maximum")([a, b]),
        layers.Minimum(name="minimum")([a, b, c]),
        layers.Concatenate(axis=1, name="rows")([a, b]),
    ]
    flat = [layers.Flatten(name=f"flat_{i}")(part) for i, part in enumerate(parts)]
    return keras.Model([a, b], layers.Concatenate(name="joined")(flat))


def preprocessing():
    learned = layers.Normalization(name="learned")
    learned.adapt(np.random.default_rng(5).normal(1, 3, (50, 4, 6, 3)))
    return chain(
        (4, 6, 3),
        layers.Rescaling(1 / 127.5, offset=-1, name="rescale"),
        learned,
        layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.5, 2, 0.5], name="given_statistics"),
        layers.Dropout(0.5, name="dropout"),
        layers.SpatialDropout2D(0.5, name="spatial_dropout"),
        layers.GaussianNoise(0.5, name="noise"),
        layers.GaussianDropout(0.5, name="gaussian_dropout"),
        layers.ActivityRegularization(0.1, name="regularized"),
        layers.Identity(name="identity"),
    )


def sequential():
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="flat"),
            layers.Dense(5, activation="softmax", name="classes"),
        ],
        name="small",
    )


def nested():
    """A Sequential and a functional model within a functional model, the latter called twice."""
    inner = keras.Sequential(
        [keras.Input((6, 6, 4)), layers.Conv2D(4, 3, padding="same", name="conv"),
         layers.BatchNormalization(name="norm"), layers.ReLU(name="relu")], name="block")
    x = keras.Input((6, 6, 4), name="x")
    y = layers.Add(name="sum")([x, inner(x)])
    deep = keras.Model(x, layers.BatchNormalization(name="norm")(y), name="deep")
    left = keras.Input((6, 6, 4), name="left")
    right = keras.Input((6, 6, 4), name="right")
    outputs = layers.Concatenate(name="both")([deep(left), deep(right)])
    return keras.Model([left, right], layers.Conv2D(2, 1, name="last")(outputs), name="outer")


def shared():
    """One layer called three times, two outputs."""
    a = keras.Input((5,), name="a")
    b = keras.Input((5,), name="b")
    dense = layers.Dense(5, activation="tanh", name="dense")
    once = dense(a)
    twice = dense(layers.Subtract(name="difference")([dense(b), once]))
    return keras.Model([a, b], [layers.Dense(3, name="first")(twice), once])


MODELS = {
    "activations": activations,
    "activation_layers": activation_layers,
    "convolutions_1d": convolutions_1d,
    "convolutions_2d": convolutions_2d,
    "convolutions_3d": convolutions_3d,
    "poolings": poolings,
    "poolings_1d_3d": poolings_1d_3d,
    "normalizations": normalizations,
    "normalizations_more": normalizations_more,
    "image_sizes": image_sizes,
    "adaptive_poolings": adaptive_poolings,
    "products": products,
    "encodings": encodings,
    "grouped_attentions": grouped_attentions,
    "masked_recurrences": masked_recurrences,
    "masked_sequential": masked_sequential,
    "recurrences": recurrences,
    "recurrences_both_ways": recurrences_both_ways,
    "long_recurrences": long_recurrences,
    "attentions": attentions,
    "operations": operations,
    "reshapings": reshapings,
    "reshapings_1d_3d": reshapings_1d_3d,
    "mergings": mergings,
    "preprocessing": preprocessing,
    "sequential": sequential,
    "nested": nested,
    "shared": shared,
}

HDF5 = {
    "attentions", "convolutions_2d", "nested", "normalizations", "preprocessing",
    "recurrences_both_ways", "sequential", "shared",
}
"""Models that are stored as HDF5 too; these files are large for what is in them."""


def randomize(model, random):
    """Weights that are neither zero nor one, so that none goes unnoticed."""
    fixed = {
        id(weight) for layer in model.layers if isinstance(layer, layers.Normalization)
        for weight in layer.weights
    }
    for weight in model.weights:
        values = weight.numpy()
        if values.dtype.kind != "f" or not values.ndim or id(weight) in fixed:
            continue
        if "variance" in weight.path:
            values = random.uniform(0.5, 2, values.shape)
        elif values.ndim == 1 and "gamma" in weight.path:
            values = random.uniform(0.5, 1.5, values.shape)
        elif np.ptp(values) == 0:
            values = random.normal(0, 0.3, values.shape)
        weight.assign(values.astype("float32"))


def given(model, random, spread=2.0):
    arrays = []
    for tensor in model.inputs:
        shape = [BATCH] + [8 if size is None else size for size in tensor.shape[1:]]
        if tensor.dtype == "bool":
            arrays.append(random.uniform(0, 1, shape) < 0.7)
        elif "int" in tensor.dtype:
            arrays.append(random.integers(0, 5, shape).astype(tensor.dtype))
        else:
            arrays.append(random.normal(0, spread, shape).astype("float32"))
    return arrays


def first_outputs(model):
    """What each layer gives when it is called first, by its name."""
    functional = model._functional if isinstance(model, keras.Sequential) else model
    own = set()
    for nodes in functional._nodes_by_depth.values():
        own.update(id(node) for node in nodes)
    found = {}
    for layer in model.layers:
        for node in layer._inbound_nodes:
            if id(node) in own:
                found[layer.name] = node.output_tensors[0]
                break
    return found


def gradients(model, arrays, cotangent):
    tensors = [tf.constant(array) for array in arrays]
    floating = [tensor for tensor in tensors if tensor.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(floating)
        output = tf.nest.flatten(model(tensors if len(tensors) > 1 else tensors[0], training=False))
        loss = tf.reduce_sum(tf.cast(output[0], "float32") * cotangent)
    return [
        np.zeros(t.shape, "float32") if g is None else g.numpy()
        for t, g in zip(floating, tape.gradient(loss, floating))
    ]


def norm(arrays):
    return float(np.sqrt(sum(np.sum(np.square(a, dtype="float64")) for a in arrays)))


def store(model, name, folder, random):
    """A model in one or both formats, and its reference."""
    model.save(folder / f"{name}.keras")
    if name in HDF5:
        model.save(folder / f"{name}.h5")
    compress(folder / f"{name}.keras")
    count, noise = reference(model, folder / f"{name}.reference.h5", random, given(model, random))
    print(f"{name}: {count} layers, noise {noise:.1e}", flush=True)


def reference(model, path, random, arrays, cotangent=None):
    """Writes what Keras computes for a model; the number of layers, and the noise.

    Without a cotangent, it is random numbers.
    """
    wanted = first_outputs(model)
    probe = keras.Model(model.inputs, list(wanted.values()) + list(model.outputs))
    results = [r.numpy() for r in probe([tf.constant(a) for a in arrays], training=False)]
    if cotangent is None:
        cotangent = random.normal(0, 1, results[len(wanted)].shape).astype("float32")
    exact = gradients(model, arrays, cotangent)
    noise = 0.0
    for _ in range(PERTURBATIONS):
        moved = [
            (a * (1 + random.normal(0, PERTURBATION, a.shape))).astype(a.dtype)
            if a.dtype.kind == "f" else a
            for a in arrays
        ]
        change = [m - e for m, e in zip(gradients(model, moved, cotangent), exact)]
        noise = max(noise, norm(change) / max(norm(exact), 1e-30))
    functional = model._functional if isinstance(model, keras.Sequential) else model
    names = [tensor._keras_history[0].name for tensor in functional.inputs]
    with h5py.File(path, "w", libver="latest") as file:
        for key, array in zip(names, arrays):
            file[f"inputs/{key}"] = array.astype("int32") if array.dtype == bool else array
        for key, result in zip(wanted, results):
            stored = result.astype("int32") if result.dtype == bool else result
            file[f"layers/{key.replace('/', '|')}"] = stored
        file.attrs["layers"] = [layer.name for layer in model.layers]
        file.attrs["kinds"] = [
            type(layer).__name__.replace("GroupedQuery", "GroupQuery") for layer in model.layers
        ]
        file["output"] = results[len(wanted)]
        file["cotangent"] = cotangent
        floating = [n for n, a in zip(names, arrays) if a.dtype.kind == "f"]
        for key, array in zip(floating, exact):
            file[f"gradients/{key}"] = array
        file["noise"] = np.float32(noise)
    return len(wanted), noise


def compress(archive):
    """The archive again, smaller; and without the time at which it was written."""
    with zipfile.ZipFile(archive) as old:
        content = {name: old.read(name) for name in old.namelist()}
    metadata = json.loads(content["metadata.json"])
    content["metadata.json"] = json.dumps({"keras_version": metadata["keras_version"]})
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in content.items():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or MODELS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        random = np.random.default_rng(11)
        model = MODELS[name]()
        randomize(model, random)
        store(model, name, options.folder, random)


if __name__ == "__main__":
    main()
