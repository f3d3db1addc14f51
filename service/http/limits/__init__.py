"""How much is let in: connections, requests a second, requests at once."""
