"""What people were shown, and forgetting it."""
