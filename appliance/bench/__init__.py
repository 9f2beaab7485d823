"""The simulated room: virtual button and light, a file as microphone. For the demo and the tests, never on a box."""
