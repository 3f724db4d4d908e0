"""Answers and judges of lab 7."""
