"""The sammanställning of an occurrence: what counts, merged and summed, held against the enheter's own figures, and its files. Nothing is taken in or judged."""
