"""Networks of transformers for the zoo, from small configurations; text, audio and pictures."""

import inspect

import numpy as np
import transformers

import networks
from zoo_networks import Subject

TOKENS = 24
"""The length of the texts."""

_VOCABULARY = 99
_SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
_TEXT = dict(_SMALL, vocab_size=_VOCABULARY, max_position_embeddings=64)
_DECODER = dict(_TEXT, num_key_value_heads=2, head_dim=8, use_cache=False)

_BERT = "embeddings.word_embeddings"

# Class of the model, options of its configuration, the embedding's path. Decoders come without
# their head: the older exporter traces its default `logits_to_keep=0` as an index, so that its file
# gives the first token's logits alone.
_TEXTS = {
    "bert": ("BertForSequenceClassification", _TEXT, f"bert.{_BERT}"),
    "distilbert": ("DistilBertForSequenceClassification",
                   dict(vocab_size=_VOCABULARY, dim=32, n_layers=2, n_heads=4, hidden_dim=64),
                   f"distilbert.{_BERT}"),
    "roberta": ("RobertaForSequenceClassification", _TEXT, f"roberta.{_BERT}"),
    "albert": ("AlbertForSequenceClassification", dict(_TEXT, embedding_size=16),
               f"albert.{_BERT}"),
    "electra": ("ElectraForSequenceClassification", dict(_TEXT, embedding_size=16),
                f"electra.{_BERT}"),
    "mobilebert": ("MobileBertForSequenceClassification",
                   dict(_TEXT, embedding_size=16, intra_bottleneck_size=16, true_hidden_size=16),
                   f"mobilebert.{_BERT}"),
    "deberta": ("DebertaForSequenceClassification",
                dict(_TEXT, relative_attention=True, pos_att_type=["c2p", "p2c"],
                     pooler_hidden_size=32), f"deberta.{_BERT}"),
    "deberta_v2": ("DebertaV2ForSequenceClassification",
                   dict(_TEXT, relative_attention=True, pos_att_type=["c2p", "p2c"],
                        pooler_hidden_size=32, position_buckets=16), f"deberta.{_BERT}"),
    "mpnet": ("MPNetForSequenceClassification", _TEXT, f"mpnet.{_BERT}"),
    "convbert": ("ConvBertForSequenceClassification", dict(_TEXT, embedding_size=16),
                 f"convbert.{_BERT}"),
    "squeezebert": ("SqueezeBertForSequenceClassification",
                    dict(_TEXT, embedding_size=32, q_groups=2, k_groups=2, v_groups=2),
                    f"transformer.{_BERT}"),
    "fnet": ("FNetForSequenceClassification", _TEXT, f"fnet.{_BERT}"),
    "esm": ("EsmForSequenceClassification", dict(_TEXT, pad_token_id=1), f"esm.{_BERT}"),
    "funnel": ("FunnelForSequenceClassification",
               dict(vocab_size=_VOCABULARY, block_sizes=[1, 1], d_model=32, n_head=4, d_head=8,
                    d_inner=64), f"funnel.{_BERT}"),
    "xlnet": ("XLNetForSequenceClassification",
              dict(vocab_size=_VOCABULARY, d_model=32, n_layer=2, n_head=4, d_inner=64),
              "transformer.word_embedding"),
    "gpt2": ("GPT2Model",
             dict(vocab_size=_VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64,
                  use_cache=False), "wte"),
    "gpt_neo": ("GPTNeoModel",
                dict(vocab_size=_VOCABULARY, hidden_size=32, num_layers=2, num_heads=4,
                     attention_types=[[["global", "local"], 1]], use_cache=False,
                     max_position_embeddings=64, window_size=8), "wte"),
    "gpt_neox": ("GPTNeoXModel", dict(_TEXT, use_cache=False), "embed_in"),
    "opt": ("OPTModel",
            dict(vocab_size=_VOCABULARY, hidden_size=32, num_hidden_layers=2,
                 num_attention_heads=4, ffn_dim=64, max_position_embeddings=64,
                 word_embed_proj_dim=32, use_cache=False), "decoder.embed_tokens"),
    "bloom": ("BloomModel",
              dict(vocab_size=_VOCABULARY, hidden_size=32, n_layer=2, n_head=4, use_cache=False),
              "word_embeddings"),
    "llama": ("LlamaModel", _DECODER, "embed_tokens"),
    "mistral": ("MistralModel", _DECODER, "embed_tokens"),
    "qwen2": ("Qwen2Model", _DECODER, "embed_tokens"),
    "gemma": ("GemmaModel", _DECODER, "embed_tokens"),
    "phi": ("PhiModel", dict(_TEXT, use_cache=False), "embed_tokens"),
    "t5_encoder": ("T5EncoderModel",
                   dict(vocab_size=_VOCABULARY, d_model=32, d_kv=8, d_ff=64, num_layers=2,
                        num_heads=4), "encoder.embed_tokens"),
    "clip_text": ("CLIPTextModelWithProjection",
                  dict(_TEXT, projection_dim=32, eos_token_id=98),
                  "text_model.embeddings.token_embedding"),
}

_PICTURE = dict(_SMALL, image_size=64, patch_size=16)

# Class of the model, options, name of the input, its shape.
_SIGNALS = {
    "whisper_encoder": ("WhisperModel",
                        dict(vocab_size=_VOCABULARY, d_model=32, encoder_layers=2,
                             decoder_layers=1, encoder_attention_heads=4,
                             decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64,
                             max_source_positions=32, num_mel_bins=20, pad_token_id=0,
                             bos_token_id=1, eos_token_id=2, decoder_start_token_id=1),
                        "input_features", (1, 20, 64)),
    "wav2vec2": ("Wav2Vec2ForCTC",
                 dict(_SMALL, vocab_size=_VOCABULARY, conv_dim=[16, 16, 16],
                      conv_kernel=[10, 3, 2], conv_stride=[5, 2, 2], num_feat_extract_layers=3,
                      num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2),
                 "input_values", (1, 1600)),
    "hubert": ("HubertForCTC",
               dict(_SMALL, vocab_size=_VOCABULARY, conv_dim=[16, 16, 16],
                    conv_kernel=[10, 3, 2], conv_stride=[5, 2, 2], num_feat_extract_layers=3,
                    num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2),
               "input_values", (1, 1600)),
    "ast": ("ASTForAudioClassification", dict(_SMALL, patch_size=8, max_length=64,
                                              num_mel_bins=32), "input_values", (1, 64, 32)),
    "clip_vision": ("CLIPVisionModelWithProjection", dict(_PICTURE, projection_dim=32),
                    "pixel_values", (1, 3, 64, 64)),
    "siglip_vision": ("SiglipVisionModel", _PICTURE, "pixel_values", (1, 3, 64, 64)),
    "vit": ("ViTForImageClassification", _PICTURE, "pixel_values", (1, 3, 64, 64)),
    "dinov2": ("Dinov2ForImageClassification", _PICTURE, "pixel_values", (1, 3, 64, 64)),
    "segformer": ("SegformerForSemanticSegmentation",
                  dict(hidden_sizes=[16, 24, 32, 40], depths=[1, 1, 1, 1],
                       num_attention_heads=[1, 2, 2, 2], decoder_hidden_size=32),
                  "pixel_values", (1, 3, 64, 64)),
}


def build(architecture, name):
    """Builds `transformers/ARCHITECTURE`; outputs of classifiers have 40 classes."""
    generator = np.random.default_rng(networks.seed(name))
    if architecture in _TEXTS:
        kind, options, embedding = _TEXTS[architecture]
        # Above the numbers that configurations have for padding, beginning and end.
        tokens = generator.integers(5, _VOCABULARY - 2, (1, TOKENS))
        tokens[0, -1] = _VOCABULARY - 1
        inputs = {"input_ids": tokens, "attention_mask": np.ones((1, TOKENS), np.int64)}
    elif architecture in _SIGNALS:
        kind, options, key, shape = _SIGNALS[architecture]
        embedding = None
        inputs = {key: networks.random_input(name, shape)}
    else:
        raise ValueError(f"{name} is not one of {', '.join([*_TEXTS, *_SIGNALS])}")
    constructor = getattr(transformers, kind)
    configuration = constructor.config_class(num_labels=40, **options)
    model = constructor(configuration)
    if architecture == "whisper_encoder":
        model = model.encoder
    taken = inspect.signature(model.forward).parameters
    inputs = {key: array for key, array in inputs.items() if key in taken}
    return Subject(model, inputs, embedding, named=True)
