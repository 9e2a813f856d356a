"""Cases, published results and bundled studies, as tables."""
