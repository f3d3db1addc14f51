"""What people were shown, and its erasure."""
