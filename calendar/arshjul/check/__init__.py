"""A plan held against the law and against itself. It judges; it changes nothing. No IO."""
