"""A made-up hospital's paper trail: what its machines print, its examiners write, and its tables hold."""
