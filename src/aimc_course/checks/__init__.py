"""Questions, verdicts and the lab as its notebook sees it."""
