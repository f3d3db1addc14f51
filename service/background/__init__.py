"""What runs in the background: following models, housekeeping."""
