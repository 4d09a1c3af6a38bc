"""What is in the raw folder, staged submissions, loading, transforming, publishing."""
