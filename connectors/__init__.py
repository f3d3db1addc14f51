"""What other systems send and take: only decoding and encoding."""
