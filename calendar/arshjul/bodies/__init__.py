"""The chain of bodies: KSAU, KS, KF and the revisorer, and what is handed over between them. No IO."""
