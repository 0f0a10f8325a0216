"""What is kept of the registers: their entries, and the händelser that hand-ins opened. What is asked because of it is the plan's."""
