"""Who may use the API besides people: programs, by keys."""
