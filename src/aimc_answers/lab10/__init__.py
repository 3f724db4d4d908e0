"""Answers and judges of lab 10."""
