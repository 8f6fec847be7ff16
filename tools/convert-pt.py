#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Convert a published EPNS state dict (.pt) to the weights file that epns reads.

    tools/convert-pt.py cell_dynamics_EPNS.pt config -o epns.safetensors

`config` holds the model's constructor arguments: a JSON object, a Python dict, or the Python text of a published
configs/*.py, whose dict(...) is searched for model_params, im_dim and the like without being run. Needs PyTorch.
"""
import argparse
import ast
import json
import os
import struct
import sys
import tempfile

# Settings outside model_params that belong to the model all the same.
OUTER = ("im_dim", "dynamic_channels", "pred_stepsize", "clip_reconstr_loss_to")
TYPES = {"float64": "F64", "float32": "F32", "int64": "I64", "int32": "I32", "uint8": "U8", "bool": "BOOL"}


def plain(node):
    """The value of a Python expression made of literals; names of classes and functions become text."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict" and not node.args:
        return {k.arg: plain(k.value) for k in node.keywords}
    if isinstance(node, ast.Dict):
        return {plain(k): plain(v) for k, v in zip(node.keys, node.values)}
    if isinstance(node, (ast.Tuple, ast.List)):
        return [plain(v) for v in node.elts]
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult)):
        left, right = plain(node.left), plain(node.right)
        return left + right if isinstance(node.op, ast.Add) else left * right
    if isinstance(node, ast.Call):  # nn.ReLU() -> "relu"; anything else is not a setting
        return getattr(node.func, "attr", getattr(node.func, "id", "")).lower()
    if isinstance(node, (ast.Name, ast.Attribute)):
        return getattr(node, "id", getattr(node, "attr", ""))
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def find_config(text):
    """The dictionary in JSON, in a Python literal, or in the published Python form."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict):
            return plain(node)
        if isinstance(node, ast.Call) and any(k.arg == "model_params" for k in node.keywords):
            return {k.arg: plain(k.value) for k in node.keywords}
    sys.exit("no configuration found: give a JSON object, a dict, or a published configs/*.py")


def model_config(text):
    """Only what builds the model, in the form that the weights file states."""
    found = find_config(text)
    if "model_params" not in found:
        return found
    config = {"model": found["model"], **found["model_params"]}
    config.update({k: found[k] for k in OUTER if isinstance(found.get(k), (int, float, list))})
    if isinstance(config.get("dynamic_channels"), str) or "dynamic_channels" not in config:
        config.pop("dynamic_channels", None)
    return config


def write(path, tensors, config):
    """safetensors: header length, JSON, data; widest type first, then by name, so that all are aligned."""
    header, data, at = {"__metadata__": {"config": json.dumps(config)}}, [], 0
    for name, array in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        raw = array.tobytes()
        header[name] = {"dtype": TYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(os.path.abspath(path)), delete=False) as file:
        try:
            file.write(struct.pack("<Q", len(text)) + text + b"".join(data))
            file.flush()
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state_dict")
    parser.add_argument("config")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("PyTorch is missing; apt-get install python3-torch")

    safe = {"weights_only": True} if "weights_only" in torch.load.__code__.co_varnames else {}
    state = torch.load(arguments.state_dict, map_location="cpu", **safe)
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()):
        sys.exit(f"{arguments.state_dict}: is not a state dict; save model.state_dict()")
    with open(arguments.config, encoding="utf-8") as file:
        config = model_config(file.read())
    write(arguments.output, {name: value.detach().contiguous().numpy() for name, value in state.items()}, config)
    print(f"{arguments.output}: {len(state)} tensors, {sum(v.numel() for v in state.values())} numbers")


if __name__ == "__main__":
    try:
        main()
    except OSError as failure:
        sys.exit(f"{failure.filename}: {failure.strerror}")
