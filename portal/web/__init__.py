"""What every page stands on: who asks, limits, errors, cookies, words. No page of its own."""
