"""From now, an obligation and what has happened to how it stands and the one rung that is owed, or why nothing is said. No IO."""
