"""Answers and judges of lab 8."""
