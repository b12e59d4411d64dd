"""Writes libs/learning/src/encoders/fixtures/encoders.json: what PyTorch computes in float64 for tiny encoders.

    python3 bench/peers/write_encoder_fixtures.py libs/learning/src/encoders/fixtures/encoders.json

Weights and inputs are given by formula, so the file holds results only: features in evaluation and in training mode, and of
each gradient of sum(features * sin(0, 1, 2, ...)) its length and its product with cos(0, 1, 2, ...).
"""

import json
import sys

import torch
import torch.nn.functional as F

from networks import CompactConv, CompactVit, ResNet, TextTransformer

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
TORCH_KINDS = {"running_mean": "mean", "running_var": "variance"}


def our_name(prefix, name, tensor, has_moments):
    """torchvision's `layer1.0.bn1.weight` is our `encoder.layer1.0.bn1.gamma`."""
    path, _, kind = name.rpartition(".")
    is_norm = has_moments or ".norm" in f".{path}"
    kind = TORCH_KINDS.get(kind, kind)
    if kind == "weight":
        kind = "gamma" if is_norm else "kernel"
    elif kind == "bias" and is_norm:
        kind = "beta"
    return ".".join(part for part in (prefix, path, kind) if part)


def to_ours(name, tensor):
    """Convolutions OIHW to HWIO, linear layers [out, in] to [in, out]."""
    if not name.endswith(".kernel"):
        return tensor
    return tensor.permute(2, 3, 1, 0) if tensor.dim() == 4 else tensor.t()


def to_torch(name, tensor):
    if not name.endswith(".kernel"):
        return tensor
    return tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.t()


def noise(count, phase):
    """Numbers in [-1, 1) that look random."""
    return 2 * ((torch.sin(torch.arange(count) * 12.9898 + phase) * 43758.5453) % 1) - 1


def formula(name, shape):
    """The value of every weight; encoders.test.ts has the same lines."""
    count = torch.Size(shape).numel()
    values = noise(count, sum((at + 1) * ord(letter) for at, letter in enumerate(name)) % 997)
    kind = name.rpartition(".")[2]
    if kind in ("gamma", "variance"):
        values = 1 + 0.3 * values
    elif kind in ("beta", "mean", "bias"):
        values = 0.3 * values
    elif kind == "kernel":
        values = values * (6 / torch.Size(shape[:-1]).numel()) ** 0.5
    return values.reshape(shape)


def results(prefix, network, x):
    norms = {path for path, module in network.named_modules() if isinstance(module, torch.nn.BatchNorm2d)}
    tensors = {}
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        if not name.endswith("num_batches_tracked"):
            tensors[our_name(prefix, name, tensor, name.rpartition(".")[0] in norms)] = tensor
    with torch.no_grad():
        for name, tensor in tensors.items():
            tensor.copy_(to_torch(name, formula(name, list(to_ours(name, tensor).shape))))
        evaluation = network.eval()(x)
    training = network.train()(x)
    (training.flatten() * torch.sin(torch.arange(training.numel()))).sum().backward()
    gradients = {}
    for name, tensor in tensors.items():
        if tensor.grad is not None:
            gradient = to_ours(name, tensor.grad).flatten()
            along = (gradient * torch.cos(torch.arange(len(gradient)))).sum()
            gradients[name] = [round_to(gradient.norm()), round_to(along)]
    return {"evaluation": rounded(evaluation), "training": rounded(training), "gradients": gradients}


def round_to(value):
    return float(f"{value.item():.8g}")


def rounded(tensor):
    return [round_to(value) for value in tensor.flatten()]


def pictures(n, size, phase):
    x = noise(n * size * size * 3, phase).reshape(n, size, size, 3)
    return x.permute(0, 3, 1, 2).contiguous()


def tokens():
    """'ab', 'é' and six letters of which five fit, as byte tokens of length 6."""
    return torch.tensor([[100, 101, 1, 0, 0, 0], [198, 172, 1, 0, 0, 0], [123, 124, 125, 3 + 65, 104, 1]])


def image(config, network, n, size):
    """For the pictures, of 12, whose values stay farthest from the kink of a ReLU: float32 must not fall on its other side."""
    tries = [(*nearest_to_kink(network, n, size, phase), phase) for phase in range(12)]
    _, result, phase = max(tries, key=lambda tried: tried[0])
    return {"config": config, "input": {"shape": [n, size, size, 3], "phase": phase}, **result}


def nearest_to_kink(network, n, size, phase):
    nearest = []
    relu = F.relu
    F.relu = lambda x: nearest.append(x.abs().min().item()) or relu(x)
    try:
        network.zero_grad()
        result = results("encoder", network, pictures(n, size, phase))
    finally:
        F.relu = relu
    return min(nearest, default=0), result


def main(path):
    resnet = lambda kind, stem, width, n, size: image(
        {"kind": kind, "stem": stem, "width": width}, ResNet(kind, stem, width), n, size
    )
    entries = {
        "compact-conv": image({"kind": "compact-conv", "widths": [4, 6]}, CompactConv([4, 6]), 4, 8),
        "resnet-18, cifar": resnet("resnet-18", "cifar", 4, 3, 16),
        "resnet-18, imagenet": resnet("resnet-18", "imagenet", 4, 3, 38),
        "resnet-50, cifar": resnet("resnet-50", "cifar", 4, 3, 16),
        "resnet-50, imagenet": resnet("resnet-50", "imagenet", 4, 3, 38),
        "compact-vit": image(
            {"kind": "compact-vit", "imageSize": 8, "patch": 4, "width": 12, "depth": 2, "heads": 3},
            CompactVit(8, 4, 12, 2, 3),
            3,
            8,
        ),
    }
    text = {"width": 12, "depth": 2, "heads": 3, "contextLength": 6}
    network = TextTransformer(12, 2, 3, 6)
    source = f"PyTorch {torch.__version__}, float64: bench/peers/write_encoder_fixtures.py"
    value = {
        "source": source,
        "images": entries,
        "text": {"config": text, "tokens": tokens().tolist(), **results("text", network, tokens())},
    }
    with open(path, "w") as file:
        json.dump(value, file)
        file.write("\n")


main(sys.argv[1])
