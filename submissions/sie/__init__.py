"""SIE files of types 1 to 4, read and judged on their own."""
