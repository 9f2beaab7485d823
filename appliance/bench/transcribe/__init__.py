"""`scripts/bench transcribe PART`: how well, how fast, how dearly and how surely the transcriber reads."""
