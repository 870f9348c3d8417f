"""The heart as a source of potentials: from how it is activated to the waves of eight leads."""
