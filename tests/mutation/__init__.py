"""The safety code changed on purpose, one operator or constant at a time: tests must notice."""
