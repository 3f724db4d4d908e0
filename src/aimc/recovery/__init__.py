"""Floor 6: algorithms that recover accuracy from imprecise hardware."""
