"""What others hear of: written with each change, queued in order until every sink has had it."""
