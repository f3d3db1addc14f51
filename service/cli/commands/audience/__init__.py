"""The commands of people as an audience: their segments, and what is triggered."""
