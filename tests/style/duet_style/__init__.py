"""The style checks: one module each, with check(tree) -> list of "file:line: what is wrong"."""
