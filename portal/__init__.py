"""The pages that people see: each parses what is asked, calls one act or query, and shows. No rule of its own."""
