"""The headers of our own that a letter carries: its key, the key's signature, the run that wrote it, and the log's head.

They stand by themselves: the process that reads a mail asks for them, and starts for each mail.
"""

KEY_HEADER, SIGN_HEADER, RUN_HEADER, LOG_HEADER = "X-Arshjul-Key", "X-Arshjul-Sign", "X-Arshjul-Run", "X-Arshjul-Log"
