"""What others are told: the documents, who is told, and the relay that tells them in order."""
