"""Events, impressions, the catalogue and models as tables for others."""
