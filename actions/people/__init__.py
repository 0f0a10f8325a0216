"""Acts on people: who holds a role from when, who stands in, who is let in and out. What a role is, the definition says."""
