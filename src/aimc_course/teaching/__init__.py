"""What a teacher takes along: a bank of questions, exams, and the book's drawings."""
