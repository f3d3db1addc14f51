"""The name this package needs from PyG, whose import warns about its own use of torch."""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", FutureWarning)
    from torch_geometric.nn import HeteroConv

__all__ = ["HeteroConv"]
