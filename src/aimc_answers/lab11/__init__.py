"""Answers and judges of lab 11."""
