"""What came of an experiment: measured day by day, judged, and written down."""
