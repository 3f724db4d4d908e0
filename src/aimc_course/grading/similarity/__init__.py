"""How much code the notebooks of a class have in common, and what of it is worth a question."""
