"""The finisher: makes the copies of a meeting, step by step, each recorded when it is done."""
