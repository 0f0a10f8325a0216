"""Acts on the plan: its tidplan, its frister, its meetings and silences. What a body decides is in bodies."""
