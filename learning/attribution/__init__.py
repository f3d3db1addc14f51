"""What came of lists: outcomes joined to the impressions that they follow from."""
