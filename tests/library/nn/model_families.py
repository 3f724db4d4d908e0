"""Model families of transformers, timm and torchvision, tiny, and what of each goes on cores.

Nothing is downloaded: each is built from its configuration, with weights drawn at random. What
counts as a matrix weight is not asked of the conversion: `Products` watches which parameters enter
a product while the digital model runs, and which still do once it is converted.

``python tests/library/nn/model_families.py`` writes ``book/model-families.json`` and the table of
it that the book shows; a test computes it again.
"""

from __future__ import annotations

import importlib
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

import aimc
import aimc.nn

STORED = Path(__file__).parents[3] / "book" / "model-families.json"
SHOWN = STORED.with_suffix(".txt")
BREAKS = re.compile("(?<=[a-z])(?=[A-Z])")  # where long names of classes may end a line
LIBRARIES = ("transformers", "timm", "torchvision")
Made = tuple[nn.Module, dict[str, Any]]

functional = nn.functional
PRODUCTS = {
    functional.linear, functional.bilinear, torch.matmul, torch.mm, torch.bmm, torch.addmm,
    torch.baddbmm, torch.einsum, torch.tensordot, torch.Tensor.matmul, torch.Tensor.__matmul__,
    torch.Tensor.__rmatmul__, torch.Tensor.mm, torch.Tensor.bmm, functional.conv1d,
    functional.conv2d, functional.conv3d, functional.conv_transpose1d, functional.conv_transpose2d,
    functional.multi_head_attention_forward, getattr(torch, "_grouped_mm", None),
}  # fmt: skip


class Products(TorchFunctionMode):
    """Notes the parameters that a model multiplies with in floating point, and their sizes.

    Those of digital dense and convolutional layers count, too, if the weights are computed from
    them before they are multiplied with.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        known = [p for p in model.parameters() if p.ndim > 1]
        self.sizes = {_address(parameter): parameter.numel() for parameter in known}
        self.seen = {
            _address(parameter)
            for module in model.modules()
            if isinstance(module, nn.Linear | nn.modules.conv._ConvNd)
            and not isinstance(module, aimc.nn.AnalogLayer)
            for parameter in module.parameters()
        } & self.sizes.keys()

    @property
    def weights(self) -> int:
        """Number of weights that enter products."""
        return sum(self.sizes[address] for address in self.seen)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note the parameters among the arguments of a product."""
        if func in PRODUCTS:
            for value in tree_leaves((args, kwargs or {})):
                if type(value) in (torch.Tensor, nn.Parameter) and value.ndim > 1:
                    self.seen |= {_address(value)} & self.sizes.keys()  # a stand-in is on cores
        return func(*args, **(kwargs or {}))


def _address(value: torch.Tensor) -> int:
    return value.untyped_storage().data_ptr()


@dataclass(frozen=True)
class Converted:
    """What became of one family."""

    library: str
    family: str
    matrices: int
    """Matrices on cores."""
    share: float
    """Of the weights that enter products, how many are on cores, 0 to 1."""
    digital: tuple[str, ...]
    """Kinds of modules with matrices or tables of their own that stay digital."""
    difference: float
    """Largest difference of an output from torch, of the largest output."""


def measure(library: str, family: str, made: Made) -> Converted:
    """Convert a model to ideal cores, and set what it computes beside the digital model."""
    model, inputs = made
    model = model.eval()

    def run(one: nn.Module) -> tuple[list[torch.Tensor], int]:
        torch.manual_seed(1)
        watch = Products(one)
        named = {name: value for name, value in inputs.items() if name != "args"}
        with torch.no_grad(), watch:
            outputs = one(*inputs.get("args", ()), **named)
        leaves = tree_leaves(dict(outputs) if hasattr(outputs, "keys") else outputs)
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        return [tensor for tensor in tensors if tensor.is_floating_point()], watch.weights

    wanted, all_of_them = run(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.nn.LeftDigitalWarning)
        converted = aimc.nn.convert(model, aimc.presets.ideal)
    aimc.nn.program(converted)
    found, left = run(converted)
    report = aimc.nn.report(converted)
    digital = {
        one.kind
        for one in report.digital
        if any(p.ndim > 1 for p in converted.get_submodule(one.path).parameters(recurse=False))
        or "computed" in one.reason
    }
    return Converted(
        library,
        family,
        len(report.matrices),
        round(1 - left / all_of_them, 3),
        tuple(sorted(digital)),
        max(float((x - y).abs().max() / y.abs().max()) for x, y in zip(found, wanted, strict=True)),
    )


def lively(model: nn.Module, inputs: dict[str, Any]) -> Made:
    """Return a model whose activations do not fade, as they do in one that was never trained.

    Matrices of zeros become random, and batch normalisations take the statistics of images.
    """
    norms = [each for each in model.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1 and not parameter.any():
                parameter.normal_(std=0.02)
        if norms:
            before = [norm.momentum for norm in norms]
            for norm in norms:
                norm.momentum = 1.0
            seen = inputs["args"][0] if "args" in inputs else inputs[IMAGES]
            model.train()(torch.randn(16, *seen.shape[1:]))
            for norm, momentum in zip(norms, before, strict=True):
                norm.momentum = momentum
                # rounding in a channel that hardly varies is not to be blown up
                norm.running_var.clamp_(min=float(norm.running_var.mean()))
    return model.eval(), inputs


# --- transformers ------------------------------------------------------------------------------

TOKENS, IMAGES = "input_ids", "pixel_values"
WIDTH = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
BLOCK = {**WIDTH, "intermediate_size": 48}
TEXT = {**BLOCK, "vocab_size": 96, "max_position_embeddings": 64}
GROUPED = {**TEXT, "num_key_value_heads": 2, "pad_token_id": 0}  # four heads share two keys
PICTURE = {**BLOCK, "image_size": 32, "patch_size": 8}
SEQUENCES = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
    "decoder_attention_heads": 4, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48, "vocab_size": 96,
}  # fmt: skip
FIVES = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4, "vocab_size": 96}
STAGES = {"hidden_sizes": [8, 16], "depths": [1, 1]}
WINDOWS = {
    "image_size": 32, "patch_size": 4, "embed_dim": 16, "depths": [1, 1], "num_heads": [2, 2],
    "window_size": 4,
}  # fmt: skip
SPEECH = {
    **BLOCK, "conv_dim": [16, 16], "conv_kernel": [10, 3], "conv_stride": [5, 2],
    "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4,
}  # fmt: skip


def tokens(length: int = 12) -> torch.Tensor:
    """Return two sequences."""
    return torch.randint(3, 90, (2, length))


def images(size: int = 32, count: int = 2) -> torch.Tensor:
    """Return images."""
    return torch.randn(count, 3, size, size)


def hugging_face(kind: str, task: str, inputs: Callable[[], dict[str, Any]], **sizes: Any) -> Made:
    """Return a model of Hugging Face's transformers and its inputs."""
    transformers = importlib.import_module("transformers")
    transformers.logging.set_verbosity_error()
    configuration = transformers.CONFIG_MAPPING[kind](**sizes)
    model = getattr(transformers, f"AutoModel{task}").from_config(configuration)
    return lively(model, inputs())


def _text() -> dict[str, Any]:
    return {TOKENS: tokens()}


def _both() -> dict[str, Any]:
    return {TOKENS: tokens(), "decoder_input_ids": tokens(6)}


def _picture() -> dict[str, Any]:
    return {IMAGES: images()}


def _sound() -> dict[str, Any]:
    return {"input_values": torch.randn(2, 1000)}


Row = tuple[str, Callable[[], dict[str, Any]], dict[str, Any]]
CAUSAL, MASKED, SEQ2SEQ = "ForCausalLM", "ForMaskedLM", "ForSeq2SeqLM"
CLASSES = "ForImageClassification"
TRANSFORMERS: dict[str, Row] = {
    "gpt2": (CAUSAL, _text, TEXT),
    "openai-gpt": (CAUSAL, _text, TEXT),
    "gpt_neo": (CAUSAL, _text, {**TEXT, "attention_types": [[["global", "local"], 1]]}),
    "gpt_neox": (CAUSAL, _text, TEXT),
    "gptj": (CAUSAL, _text, {**TEXT, "rotary_dim": 8}),
    "gpt_bigcode": (CAUSAL, _text, TEXT),
    "opt": (CAUSAL, _text, {**TEXT, "ffn_dim": 48, "word_embed_proj_dim": 32}),
    "bloom": (CAUSAL, _text, TEXT),
    "falcon": (CAUSAL, _text, TEXT),
    "mpt": (CAUSAL, _text, TEXT),
    "llama": (CAUSAL, _text, {**GROUPED, "tie_word_embeddings": True}),
    "mistral": (CAUSAL, _text, GROUPED),
    "qwen2": (CAUSAL, _text, GROUPED),
    "qwen3": (CAUSAL, _text, {**GROUPED, "head_dim": 8}),
    "gemma": (CAUSAL, _text, {**GROUPED, "head_dim": 8}),
    "gemma2": (CAUSAL, _text, {**GROUPED, "head_dim": 8}),
    "phi": (CAUSAL, _text, TEXT),
    "phi3": (CAUSAL, _text, GROUPED),
    "stablelm": (CAUSAL, _text, GROUPED),
    "olmo2": (CAUSAL, _text, GROUPED),
    "cohere": (CAUSAL, _text, GROUPED),
    "starcoder2": (CAUSAL, _text, GROUPED),
    "glm": (CAUSAL, _text, {**GROUPED, "head_dim": 8}),
    "codegen": (
        CAUSAL,
        _text,
        {
            "vocab_size": 96, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64,
            "rotary_dim": 8,
        },
    ),
    "mixtral": (CAUSAL, _text, {**GROUPED, "num_local_experts": 4}),
    "qwen2_moe": (
        CAUSAL,
        _text,
        {
            **GROUPED, "num_experts": 4, "moe_intermediate_size": 24,
            "shared_expert_intermediate_size": 24,
        },
    ),
    "gpt_oss": (
        CAUSAL,
        _text,
        {**GROUPED, "head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2},
    ),
    "deepseek_v3": (
        CAUSAL,
        _text,
        {
            **GROUPED, "num_key_value_heads": 4, "moe_intermediate_size": 24, "n_group": 2,
            "n_routed_experts": 4, "topk_group": 1, "num_experts_per_tok": 2, "q_lora_rank": 16,
            "first_k_dense_replace": 1, "kv_lora_rank": 16, "qk_rope_head_dim": 8,
            "qk_nope_head_dim": 8, "v_head_dim": 8,
        },
    ),
    "jetmoe": (
        CAUSAL,
        _text,
        {**GROUPED, "num_local_experts": 4, "num_experts_per_tok": 2, "kv_channels": 8},
    ),
    "jamba": (
        CAUSAL,
        _text,
        {
            **GROUPED, "num_experts": 4, "mamba_d_state": 8, "mamba_dt_rank": 4,
            "attn_layer_period": 2, "attn_layer_offset": 1, "expert_layer_period": 2,
            "expert_layer_offset": 1, "use_mamba_kernels": False,
        },
    ),
    "recurrent_gemma": (
        CAUSAL,
        _text,
        {
            **GROUPED, "head_dim": 8, "lru_width": 32, "attention_window_size": 16,
            "num_hidden_layers": 3,
        },
    ),
    "lfm2": (CAUSAL, _text, {**GROUPED, "full_attn_idxs": [1]}),
    "mamba": (CAUSAL, _text, TEXT),
    "mamba2": (
        CAUSAL,
        _text,
        {
            **TEXT, "num_heads": 8, "head_dim": 8, "state_size": 8, "n_groups": 2, "chunk_size": 8,
        },
    ),
    "rwkv": (CAUSAL, _text, TEXT),
    "xlnet": (
        CAUSAL,
        _text,
        {"vocab_size": 96, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48},
    ),
    "bert": (MASKED, _text, TEXT),
    "roberta": (MASKED, _text, TEXT),
    "albert": (MASKED, _text, TEXT),
    "electra": (MASKED, _text, {**TEXT, "embedding_size": 16}),
    "deberta-v2": (MASKED, _text, TEXT),
    "mobilebert": (
        MASKED,
        _text,
        {
            **TEXT, "embedding_size": 16, "true_hidden_size": 16, "intra_bottleneck_size": 16,
            "num_feedforward_networks": 2,
        },
    ),
    "funnel": (
        MASKED,
        _text,
        {
            "vocab_size": 96, "d_model": 32, "n_head": 4, "d_head": 8, "d_inner": 48,
            "block_sizes": [1, 1], "num_decoder_layers": 1,
        },
    ),
    "modernbert": (MASKED, _text, {**TEXT, "pad_token_id": 0}),
    "t5": (SEQ2SEQ, _both, FIVES),
    "longt5": (SEQ2SEQ, _both, FIVES),
    "switch_transformers": (SEQ2SEQ, _both, {**FIVES, "num_experts": 4}),
    "bart": (SEQ2SEQ, _both, {**SEQUENCES, "max_position_embeddings": 64}),
    "pegasus": (SEQ2SEQ, _both, {**SEQUENCES, "max_position_embeddings": 64}),
    "vit": (CLASSES, _picture, PICTURE),
    "beit": (CLASSES, _picture, PICTURE),
    "dinov2": (CLASSES, _picture, PICTURE),
    "swin": (CLASSES, _picture, WINDOWS),
    "swinv2": (CLASSES, _picture, WINDOWS),
    "segformer": (
        CLASSES,
        _picture,
        {
            "num_encoder_blocks": 2, "depths": [1, 1], "sr_ratios": [2, 1], "patch_sizes": [3, 3],
            "hidden_sizes": [16, 32], "num_attention_heads": [2, 2], "strides": [2, 2],
            "mlp_ratios": [2, 2],
        },
    ),
    "focalnet": (
        CLASSES,
        _picture,
        {
            "image_size": 32, "embed_dim": 16, "depths": [1, 1], "hidden_sizes": [16, 32],
            "focal_levels": [1, 1], "focal_windows": [3, 3],
        },
    ),
    "convnext": (CLASSES, _picture, {**STAGES, "num_stages": 2}),
    "resnet": (CLASSES, _picture, {**STAGES, "embedding_size": 8}),
    "bit": (CLASSES, _picture, {**STAGES, "embedding_size": 8, "num_groups": 2}),
    "clip_vision_model": ("", _picture, PICTURE),
    "wav2vec2": ("", _sound, SPEECH),
    "wavlm": ("", _sound, SPEECH),
    "whisper": (
        "ForSpeechSeq2Seq",
        lambda: {"input_features": torch.randn(2, 8, 40), "decoder_input_ids": tokens(6)},
        {
            **SEQUENCES, "num_mel_bins": 8, "max_source_positions": 20, "bos_token_id": 1,
            "max_target_positions": 20, "pad_token_id": 0, "eos_token_id": 2,
            "decoder_start_token_id": 1,
        },
    ),
}  # fmt: skip

# --- timm --------------------------------------------------------------------------------------

VIT = {"img_size": 32, "embed_dim": 32, "depth": 2, "num_heads": 2}
WINDOWED = {
    "img_size": 32, "window_size": 4, "embed_dim": 16, "depths": (1, 1), "num_heads": (2, 2),
}  # fmt: skip
TIMM: dict[str, dict[str, Any]] = {
    "vit_tiny_patch16_224": VIT,
    "deit_tiny_distilled_patch16_224": VIT,
    "beit_base_patch16_224": VIT,
    "cait_xxs24_224": VIT,
    "xcit_nano_12_p16_224": VIT,
    "swin_tiny_patch4_window7_224": WINDOWED,
    "swinv2_tiny_window8_256": WINDOWED,
    "coat_tiny": {
        "img_size": 64,
        "embed_dims": (16, 16, 16, 16),
        "serial_depths": (1, 1, 1, 1),
        "parallel_depth": 1,
        "num_heads": 8,
    },
    "mobilevit_xxs": {},
    "tf_mobilenetv3_small_minimal_100": {},
    "ghostnet_050": {},
    "edgenext_xx_small": {},
    "nf_regnet_b0": {},
}

# --- torchvision -------------------------------------------------------------------------------


def _torchvision(name: str) -> nn.Module:
    models = importlib.import_module("torchvision.models")
    swin = models.swin_transformer
    windows = ([4, 4], 16, [1, 1], [2, 2], [2, 2])
    version_2 = {"block": swin.SwinTransformerBlockV2, "downsample_layer": swin.PatchMergingV2}
    stages = [models.convnext.CNBlockConfig(8, 16, 1), models.convnext.CNBlockConfig(16, None, 1)]
    bottleneck, small = models.resnet.Bottleneck, {"groups": 4, "width_per_group": 4}
    makers: dict[str, Callable[[], nn.Module]] = {
        "resnext": lambda: models.ResNet(bottleneck, [1, 1, 1, 1], num_classes=5, **small),
        "densenet": lambda: models.DenseNet(8, (2, 2), 16, num_classes=5),
        "mobilenet_v2": lambda: models.mobilenet_v2(num_classes=5, width_mult=0.25),
        "mobilenet_v3": lambda: models.mobilenet_v3_small(num_classes=5, width_mult=0.25),
        "shufflenet_v2": lambda: models.ShuffleNetV2([1, 1, 1], [8, 16, 32, 64, 64], 5),
        "mnasnet": lambda: models.MNASNet(0.25, num_classes=5),
        "squeezenet": lambda: models.squeezenet1_1(num_classes=5),
        "convnext": lambda: models.ConvNeXt(stages, num_classes=5),
        "vision_transformer": lambda: models.VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=5),
        "swin_transformer": lambda: models.SwinTransformer(*windows, num_classes=5),
        "swin_transformer_v2": lambda: models.SwinTransformer(*windows, num_classes=5, **version_2),
        "video_resnet": lambda: models.video.VideoResNet(
            models.video.resnet.BasicBlock, [models.video.resnet.Conv3DSimple] * 4, [1, 1, 1, 1],
            models.video.resnet.BasicStem, num_classes=5,
        ),
    }  # fmt: skip
    return makers[name]()


TORCHVISION = (
    "resnext", "densenet", "mobilenet_v2", "mobilenet_v3", "shufflenet_v2", "mnasnet", "squeezenet",
    "convnext", "vision_transformer", "swin_transformer", "swin_transformer_v2", "video_resnet",
)  # fmt: skip

FAMILIES = {
    **{f"transformers/{kind}": ("transformers", kind) for kind in TRANSFORMERS},
    **{f"timm/{kind}": ("timm", kind) for kind in TIMM},
    **{f"torchvision/{kind}": ("torchvision", kind) for kind in TORCHVISION},
}
"""Library and name of each family."""

REFUSED = {
    "transformers/wav2vec2": "pos_conv_embed.conv",
    "transformers/wavlm": "out_proj",
    "transformers/xlnet": "rel_attn",
    "transformers/funnel": "attention (FunnelRelMultiheadAttention)",
    "transformers/mobilebert": "cls.predictions.decoder",
    "transformers/bit": "convolution",
    "timm/nf_regnet_b0": "stem.conv",
}
"""Those that do not go on cores as they are, with what their message names."""


def make(library: str, family: str) -> Made:
    """Return a tiny model of a family and inputs for it; the same each time."""
    torch.manual_seed(0)
    if library == "transformers":
        task, inputs, sizes = TRANSFORMERS[family]
        return hugging_face(family, task, inputs, **sizes)
    if library == "timm":
        timm = importlib.import_module("timm")
        size = 64 if family.startswith(("mobilevit", "edgenext", "coat")) else 32
        model = timm.create_model(family, pretrained=False, num_classes=5, **TIMM[family])
        return lively(model, {"args": (images(size),)})
    x = torch.randn(2, 3, 4, 16, 16) if family == "video_resnet" else images(64)
    x = images(32) if "transformer" in family else x
    return lively(_torchvision(family), {"args": (x,)})


def table(stored: dict[str, Any]) -> str:
    """Return the table of the book as MyST."""
    parts = []
    for library, version in stored["versions"].items():
        lines = ["```{list-table}", ":header-rows: 1", ":widths: 30 12 44 14", ""]
        rows = [["Model", "On cores", "Stays digital", "Difference"]]
        for row in stored["families"]:
            if row["library"] != library:
                continue
            count, share = str(row["matrices"]), row["share"]
            digits, power = f"{row['difference']:.0e}".split("e")
            rows.append(
                [
                    row["family"],
                    count if share == 1 else f"{count} ({100 * share:.3g}%)",
                    BREAKS.sub("\u00ad", ", ".join(row["digital"]) or "nothing with a matrix"),
                    f"${digits}\\cdot10^{{{int(power)}}}$" if row["difference"] else "0",
                ]
            )
        for row in rows:
            lines += [f"{'*' if k == 0 else ' '} - {cell}" for k, cell in enumerate(row)]
        refused = [name.split("/")[1] for name in stored["refused"] if name.startswith(library)]
        parts.append("\n".join([f"**{library} {version.split('+')[0]}**", "", *lines, "```", ""]))
        if refused:
            said = "Refused, or left digital in part, with the layer and the way out"
            parts.append(f"{said}: {', '.join(refused)}.\n")
    return "\n".join(parts)


def main() -> None:
    """Write the table of the book."""
    versions = {name: importlib.import_module(name).__version__ for name in LIBRARIES}
    rows = [
        asdict(measure(*FAMILIES[name], make(*FAMILIES[name])))
        for name in FAMILIES
        if name not in REFUSED
    ]
    for row in rows:
        row["difference"] = float(f"{row['difference']:.1e}")
    stored = {"versions": versions, "refused": sorted(REFUSED), "families": rows}
    STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    SHOWN.write_text(table(json.loads(STORED.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
