"""The two-region recursive-dynamic general equilibrium model."""
