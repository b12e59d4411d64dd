"""The networks of libs/learning/src/encoders in PyTorch, with torchvision's names for ResNet and ours for the others."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(inputs, width, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width * self.expansion
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def shortcut(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    """torchvision.models.resnet18 and resnet50 without `fc`; with the stem `cifar`, a convolution 3x3 and no pooling."""

    def __init__(self, kind, stem, width):
        super().__init__()
        block, counts = {"resnet-18": (BasicBlock, [2, 2, 2, 2]), "resnet-50": (Bottleneck, [3, 4, 6, 3])}[kind]
        self.stem = stem
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if stem == "cifar" else nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        for stage, count in enumerate(counts):
            blocks = []
            for position in range(count):
                stage_width = width * 2**stage
                blocks.append(block(inputs, stage_width, 2 if stage > 0 and position == 0 else 1))
                inputs = stage_width * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.features = inputs

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        if self.stem == "imagenet":
            x = F.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean((2, 3))


class CompactConv(nn.Module):
    def __init__(self, widths):
        super().__init__()
        before = 3
        for stage, width in enumerate(widths):
            layers = nn.Module()
            layers.conv0 = nn.Conv2d(before, width, 3, 2, 1, bias=False)
            layers.norm0 = nn.BatchNorm2d(width)
            layers.conv1 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
            layers.norm1 = nn.BatchNorm2d(width)
            setattr(self, f"stage{stage}", layers)
            before = width
        self.stages = len(widths)
        self.features = before

    def forward(self, x):
        for stage in range(self.stages):
            layers = getattr(self, f"stage{stage}")
            x = F.relu(layers.norm0(layers.conv0(x)))
            x = F.relu(layers.norm1(layers.conv1(x)))
        return x.mean((2, 3))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm0 = nn.LayerNorm(width)
        self.attention = nn.ModuleDict({"in": nn.Linear(width, 3 * width), "out": nn.Linear(width, width)})
        self.norm1 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"in": nn.Linear(width, 4 * width), "out": nn.Linear(4 * width, width)})

    def forward(self, x, causal):
        x = x + self.attention["out"](self.attend(self.attention["in"](self.norm0(x)), causal))
        return x + self.mlp["out"](F.gelu(self.mlp["in"](self.norm1(x))))

    def attend(self, qkv, causal):
        n, length, width = qkv.shape
        q, k, v = qkv.view(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        else:
            scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
            if causal:
                scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), -math.inf)
            y = scores.softmax(-1) @ v
        return y.transpose(1, 2).reshape(n, length, width // 3)


class CompactVit(nn.Module):
    def __init__(self, size, patch, width, depth, heads):
        super().__init__()
        self.edge, self.depth, self.features = patch, depth, width
        self.patch = nn.Linear(patch * patch * 3, width)
        self.positions = nn.Parameter(0.02 * torch.randn((size // patch) ** 2, width))
        for index in range(depth):
            setattr(self, f"block{index}", TransformerBlock(width, heads))
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        n, _, size, _ = x.shape
        grid = size // self.edge
        patches = x.view(n, 3, grid, self.edge, grid, self.edge).permute(0, 2, 4, 3, 5, 1)
        x = self.patch(patches.reshape(n, grid * grid, -1)) + self.positions
        for index in range(self.depth):
            x = getattr(self, f"block{index}")(x, False)
        return self.norm(x).mean(1)


class TextTransformer(nn.Module):
    def __init__(self, width, depth, heads, length):
        super().__init__()
        self.depth, self.features = depth, width
        self.tokens = nn.Parameter(0.02 * torch.randn(259, width))
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        for index in range(depth):
            setattr(self, f"block{index}", TransformerBlock(width, heads))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.tokens[tokens] + self.positions
        for index in range(self.depth):
            x = getattr(self, f"block{index}")(x, True)
        return self.norm(x)[torch.arange(len(tokens)), (tokens == 1).int().argmax(1)]
