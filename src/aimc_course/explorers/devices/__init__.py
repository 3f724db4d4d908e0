"""Explorers of part 2: pulses, programming, drift and noise, and generations of devices."""
