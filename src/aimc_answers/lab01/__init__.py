"""Answers and judges of lab 1."""
