"""A model's parameters and its optimizer's moments as arrays, and back: what a checkpoint holds."""

# torch ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from embeddings.data.dataset import FloatArray

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def numbers(tensor: Tensor) -> FloatArray:
    """Return a copy of a tensor that training no longer changes."""
    return tensor.detach().cpu().numpy().copy()


def arrays_of(model: nn.Module, optimizer: Optimizer) -> dict[str, np.ndarray]:
    """Return all that Adam's next step depends on."""
    arrays = {f"model.{name}": numbers(one) for name, one in model.named_parameters()}
    for name, parameter in model.named_parameters():
        moments = optimizer.state.get(parameter, {})
        arrays |= {f"{key}.{name}": numbers(moment) for key, moment in moments.items()}
    return arrays


@torch.no_grad()
def restore(model: nn.Module, optimizer: Optimizer, kept: Mapping[str, np.ndarray]) -> None:
    """Put back what `arrays_of` returned."""
    for name, parameter in model.named_parameters():
        parameter.copy_(torch.from_numpy(kept[f"model.{name}"]))
        moments = {
            key: torch.from_numpy(kept[f"{key}.{name}"].copy())
            for key in _MOMENTS
            if f"{key}.{name}" in kept
        }
        if moments:
            moments |= {
                key: moment.to(parameter.device) for key, moment in moments.items() if key != "step"
            }
            optimizer.state[parameter] = moments
