"""Answers and judges of lab 6."""
