"""Answers and judges of lab 12."""
