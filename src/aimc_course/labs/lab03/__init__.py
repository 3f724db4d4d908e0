"""Lab 3, *Characterise your own devices*."""
