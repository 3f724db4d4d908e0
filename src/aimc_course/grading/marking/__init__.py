"""A page on your own computer for marking by hand what no judge can mark."""
