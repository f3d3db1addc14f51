"""From a person's vector to a page: scores, re-ranking, and the gate before anything is offered."""
