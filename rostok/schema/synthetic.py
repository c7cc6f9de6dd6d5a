"""The mark of invented data: whoever reads a folder with this file must say that its schools do not exist."""

TRUTH_FILE = "truth.json"  # what the generator planted, written beside the files it made
