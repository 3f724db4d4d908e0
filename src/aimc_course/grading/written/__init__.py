"""What people mark: explanations, open questions, figures and predictions of a lab."""
