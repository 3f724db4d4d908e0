"""Answers and judges of lab 2."""
