"""What the service begins: questions to a person, and offers."""
