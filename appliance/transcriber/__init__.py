"""The transcriber: turns what is durable into text, passage by passage, behind everything else."""
