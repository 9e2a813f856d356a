"""What a store says: indices, bands, claims and the report."""
