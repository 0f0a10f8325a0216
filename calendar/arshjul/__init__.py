"""The year and its rules: pure, with no IO and no clock. Time is an argument."""
