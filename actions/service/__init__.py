"""What is told about the service itself: how it stands, its alarm, utskick chosen and tried. Nothing about a report."""
