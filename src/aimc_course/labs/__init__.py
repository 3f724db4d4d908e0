"""The labs, one after the other."""
