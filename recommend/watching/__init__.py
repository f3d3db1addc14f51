"""What subscribers wait for: versions, read once a round for all of them, and lists that change."""
