"""Devices that labs hand out, and judges of what is done to them."""
