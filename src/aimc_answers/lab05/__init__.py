"""Answers and judges of lab 5."""
