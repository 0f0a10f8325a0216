"""What may be sent back, taken away or gallrat, decided before it is done."""
