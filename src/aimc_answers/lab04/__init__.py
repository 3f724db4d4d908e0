"""Answers and judges of lab 4."""
