"""SimCLR steps in PyTorch, the same as Lethe's: a few whenever a line comes in, and a line of JSON with what they cost.

    python3 training_peer.py '{"recipe": …, "imageSize": 32, "steps": 2}'
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from networks import CompactConv, CompactVit, ResNet


def encoder_of(config, size):
    kind = config["kind"]
    if kind == "compact-conv":
        return CompactConv(config["widths"])
    if kind == "compact-vit":
        return CompactVit(size, config["patch"], config["width"], config["depth"], config["heads"])
    return ResNet(kind, config["stem"], config["width"])


def head_of(features, projection):
    hidden, output = projection["hidden"], projection["output"]
    return nn.Sequential(
        nn.Linear(features, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.ReLU(inplace=True),
        nn.Linear(hidden, output, bias=False),
        nn.BatchNorm1d(output),
    )


def nt_xent(z, temperature):
    n = len(z) // 2
    z = F.normalize(z)
    similarity = (z @ z.t() / temperature).fill_diagonal_(-1e9)
    return F.cross_entropy(similarity, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))


def read():
    return time.process_time(), time.perf_counter()


def main(order):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    recipe, size, steps = order["recipe"], order["imageSize"], order["steps"]
    encoder = encoder_of(recipe["encoder"], size)
    network = nn.Sequential(encoder, head_of(encoder.features, recipe["encoder"]["projection"]))
    rule = recipe["optimizer"]
    optimizer = torch.optim.SGD(
        network.parameters(), rule["learningRate"], momentum=rule["momentum"], weight_decay=rule["weightDecay"]
    )
    views = torch.rand(2 * recipe["batchSize"], 3, size, size)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    while True:
        cpu, wall = read()
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            loss = nt_xent(network((views - mean) / deviation), recipe["temperature"])
            loss.backward()
            optimizer.step()
            loss.item()
        cpu_end, wall_end = read()
        told = {
            "backend": "pytorch",
            "version": f"PyTorch {torch.__version__}",
            "wallMs": 1000 * (wall_end - wall) / steps,
            "cpuMs": 1000 * (cpu_end - cpu) / steps,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
        print(json.dumps(told), flush=True)
        if not sys.stdin.readline():
            return


main(json.loads(sys.argv[1]))
