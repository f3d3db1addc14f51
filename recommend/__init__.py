"""One request: profile, candidates, ranking, safety gate, reasons."""
