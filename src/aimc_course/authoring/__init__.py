"""What authors and teachers call: lab copies, scoring."""
