"""Quality on fixed data: retrieval metrics, right answers, citations that hold, and the scorecard they are noted in."""
