"""What goes on beside requests: following models, housekeeping."""
