"""How far a request may go: its document's shape and cost, checked before it runs."""
