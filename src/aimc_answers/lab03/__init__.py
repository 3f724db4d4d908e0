"""Answers and judges of lab 3."""
