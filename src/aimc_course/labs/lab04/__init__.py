"""Lab 4, *Write a program-and-verify loop*."""
