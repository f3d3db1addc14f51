"""What operators change: drinks, reviews, recalls."""
