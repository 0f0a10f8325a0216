"""A year taken out as a package for the e-arkiv. It reads the store and changes nothing."""
