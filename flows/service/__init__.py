"""What keeps the runs going: the watchdog's jobs, the runner, what is registered on the server. What a job does is decided below."""
