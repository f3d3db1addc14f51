"""Softmax over drinks: all of them, or above a size a sample."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def softmax_loss(logits: Tensor, targets: Tensor, people: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted mean of -log softmax(`logits` [people, drinks]) at the targets.

    `targets` (column), `people` (row) and `weights` have one entry per positive.
    """
    losses = torch.logsumexp(logits, dim=1)[people] - logits[people, targets]
    return weighted_mean(losses, weights)


def sampled_softmax_loss(
    wanted: Tensor, others: Tensor, log_chance: Tensor, people: Tensor, weights: Tensor
) -> Tensor:
    """Return an estimate of the softmax loss from a sample of the drinks nobody asked for.

    `wanted` [positives] are the logits of the positives. `others` [people, sample] are logits of
    the sample, -inf where the person wants that drink; a column whose log chance to be drawn is
    `log_chance` [sample] stands for 1 / chance drinks like it.
    """
    against = torch.logsumexp(others - log_chance, dim=1)[people]
    return weighted_mean(functional.softplus(against - wanted), weights)


def weighted_mean(losses: Tensor, weights: Tensor) -> Tensor:
    """Return the mean of the losses by weight."""
    return (losses * weights).sum() / weights.sum().clamp_min(1e-12)


def sampling_chances(people_of: Tensor, sampled: int) -> Tensor:
    """Return each drink's chance to be drawn: more for the popular; about `sampled` are drawn.

    `people_of` [drinks] counts the people who want a drink.
    """
    odds = (people_of.double() + 1.0) ** 0.75
    chances = (odds * (sampled / odds.sum())).clamp(max=1.0)
    return chances.float()
