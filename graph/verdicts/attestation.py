"""Attestation: who says what about an allergen, since when, and whether it still counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a statement or a review in the graph says; a field is None where it says nothing.

    `observed_at` and `voided_at` are ISO dates. Since `voided_at` it no longer counts, `because` of
    a change or its age. `protein_mg` is the mg of the allergen's protein in a serving, by
    `dose_source` or else by `source`; it decides nothing.
    """

    allergen: str | None = None
    source: str | None = None
    observed_at: str | None = None
    protein_mg: float | None = None
    dose_source: str | None = None
    voided_at: str | None = None
    because: str | None = None
