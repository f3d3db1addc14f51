"""People who are simulated, labelled so wherever they show."""
