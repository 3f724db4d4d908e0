"""Floor 7: machines beside each other. Rooflines and published chips."""
