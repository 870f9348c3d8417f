"""The virtual hospital: archives of made-up patients whose truth is known."""
