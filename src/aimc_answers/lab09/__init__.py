"""Answers and judges of lab 9."""
