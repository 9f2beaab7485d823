"""The recorder: state machine, microphone and durable seconds. Calm: it never lets go of a meeting."""
