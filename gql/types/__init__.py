"""Types that several features share, inputs among them."""
