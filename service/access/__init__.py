"""Programs with keys of their own, before the service."""
