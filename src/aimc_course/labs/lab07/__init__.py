"""Lab 7, *Train for the hardware*."""
