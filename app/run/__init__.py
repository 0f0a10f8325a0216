"""The service as processes: started, watched, guarded, logged. What they do is decided below."""
