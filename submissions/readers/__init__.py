"""What a file holds of what is looked for. It knows no definition and no store."""
