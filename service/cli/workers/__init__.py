"""Several serving processes on one port: who starts, renews and ends them."""
