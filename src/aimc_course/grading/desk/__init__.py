"""The teacher's desk: submissions come in, marks are kept, feedback and grades go out."""
