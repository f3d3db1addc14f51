"""The heterogeneous GraphSAGE, trained end to end on what people choose: torch and PyG."""
