"""Patients over time: what they have, when they come, what is recorded of them."""
