"""What operators ask and do: experiments, and what lists earned."""
