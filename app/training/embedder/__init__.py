"""The embedder itself tuned on a company's questions; every document is then embedded anew."""
