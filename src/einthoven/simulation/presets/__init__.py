"""Hospitals that ship with einthoven, a TOML table each."""
