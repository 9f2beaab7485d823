"""The panel: owns the button, the light and the buzzer. Calm and tiny; knows nothing of meetings."""
