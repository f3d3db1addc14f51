"""What can be concluded from counts and sums, however often one looks: numbers in, numbers out."""
