"""`make bench`: what the product promises, measured on this machine, in this run."""
