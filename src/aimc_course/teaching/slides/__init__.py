"""Slides: a deck for each part, made from what its chapters draw, compute, ask and conclude."""
