"""What one request holds: its context, its loaders, and how failures become answers."""
