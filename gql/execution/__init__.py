"""How far a request may go: its document's shape and cost, known before it runs."""
