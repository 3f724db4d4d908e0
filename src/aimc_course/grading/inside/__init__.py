"""What runs inside a sandbox beside the student's code: cells, calls, and data over the border."""
